Attribute VB_Name = "modPress"
' Presses a button as the ribbon does. A failure gives nothing at all, so what was told comes back as a text.
Option Explicit

Public Function Press(ByVal id As String) As String
    Dim control As New clsControl
    control.ID = id
    LastTold = "Python was not reached"
    OnAction control
    Press = LastTold
End Function
