Attribute VB_Name = "modBridge"
' Stands in for the bridge to Python: remembers what was asked and answers with what arrived.
Option Explicit

Public LastCommand As String

Public Sub RunPy(ByVal pythonCommand As String)
    If InStr(pythonCommand, "'check'") > 0 Then Err.Raise 1000
    LastCommand = pythonCommand
End Sub

Public Function XlCall(ByVal functionName As String, ByVal arguments As Variant) As Variant
    Dim last As Long
    last = UBound(arguments)
    XlCall = functionName & " " & (last + 1) & " " & IsMissing(arguments(0)) & " " & IsMissing(arguments(last))
End Function
