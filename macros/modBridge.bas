Attribute VB_Name = "modBridge"
' The only way from here to Python. Everything else runs wherever VBA runs.
Option Explicit

Public Sub RunPy(ByVal pythonCommand As String)
    RunPython pythonCommand
End Sub

' An argument that was left out of the formula must reach Python as left out, so arguments are passed on untouched.
Public Function XlCall(ByVal functionName As String, ByVal arguments As Variant) As Variant
#If Mac Then
    XlCall = TextOf("no_functions_mac")
#Else
    On Error GoTo Failed
    XlCall = XLPy.CallUDF("xlsales.addin", functionName, arguments, ActiveWorkbook, Application.Caller)
    Exit Function
Failed:
    XlCall = TextOf("no_functions")
#End If
End Function
