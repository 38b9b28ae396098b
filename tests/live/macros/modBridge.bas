Attribute VB_Name = "modBridge"
' The way to Python where VBA runs in LibreOffice: a script in the user's profile, in the same process.
Option Explicit

' What COM hands over for an argument that was left out.
Private Const LEFT_OUT As Long = -2147352572

Public LastTold As String

Private provider As Object

Public Sub RunPy(ByVal pythonCommand As String)
    LastTold = InPython("run", Array(pythonCommand, ActiveWorkbook.Name))
End Sub

Public Function XlCall(ByVal functionName As String, ByVal arguments As Variant) As Variant
    Dim passed() As Variant
    Dim i As Long
    ReDim passed(0 To UBound(arguments))
    For i = 0 To UBound(arguments)
        If IsMissing(arguments(i)) Then
            passed(i) = LEFT_OUT
        ElseIf IsObject(arguments(i)) Then
            Set passed(i) = arguments(i)
        Else
            passed(i) = arguments(i)
        End If
    Next i
    XlCall = AsBlock(InPython("call", Array(functionName, passed, ThisComponent)))
End Function

Private Function InPython(ByVal script As String, ByVal arguments As Variant) As Variant
    If provider Is Nothing Then
        Set provider = CreateUnoService("com.sun.star.script.provider.MasterScriptProviderFactory") _
            .createScriptProvider("user")
    End If
    InPython = provider.getScript("vnd.sun.star.script:xlsales_bridge.py$" & script & _
        "?language=Python&location=user").invoke(arguments, Array(), Array())
End Function

' Rows of cells as the array of two dimensions that a sheet takes.
Private Function AsBlock(ByVal rows As Variant) As Variant
    Dim block() As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(rows) Then
        AsBlock = rows
        Exit Function
    End If
    ReDim block(0 To UBound(rows), 0 To UBound(rows(0)))
    For i = 0 To UBound(rows)
        For j = 0 To UBound(rows(0))
            block(i, j) = rows(i)(j)
        Next j
    Next i
    AsBlock = block
End Function
