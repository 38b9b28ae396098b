Attribute VB_Name = "modBridge"
' The only way from here to Python. Everything else runs wherever VBA runs.
Option Explicit

' Python keeps Excel still while it fills the tables. Should it be killed meanwhile, Excel is given back here.
Public Sub RunPy(ByVal pythonCommand As String)
    Dim counting As Long
    counting = Application.Calculation
    RunPython pythonCommand
#If Not Mac Then
    Application.Interactive = True
    Application.EnableEvents = True
    Application.ScreenUpdating = True
    Application.StatusBar = False
    If Application.Calculation <> counting Then Application.Calculation = counting
#End If
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
