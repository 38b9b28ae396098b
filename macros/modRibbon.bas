Attribute VB_Name = "modRibbon"
' What the ribbon asks for and what a pressed button does. The ribbon knows the controls by their ids.
Option Explicit

Private shownRibbon As Object

Public Sub OnLoad(ribbon As Object)
    Set shownRibbon = ribbon
End Sub

' Ask again for the words and for which buttons can be pressed.
Public Sub Refresh()
    If Not shownRibbon Is Nothing Then shownRibbon.Invalidate
End Sub

' The ribbon asks for dozens of words at a time: where one cannot be had, the id stands in its place,
' since a message for each would block Excel.
Public Sub GetLabel(control As Object, ByRef returnedVal)
    returnedVal = WordOr("label." & control.ID, control.ID)
End Sub

Public Sub GetScreentip(control As Object, ByRef returnedVal)
    returnedVal = WordOr("screentip." & control.ID, "")
End Sub

Public Sub GetSupertip(control As Object, ByRef returnedVal)
    returnedVal = WordOr("supertip." & control.ID, "")
End Sub

Public Sub GetEnabled(control As Object, ByRef returnedVal)
    returnedVal = True
    If Not IsAlwaysEnabled(control.ID) Then returnedVal = IsOurs(ActiveWorkbook)
End Sub

Public Sub OnAction(control As Object)
    On Error GoTo Failed
    If control.ID = "language" Then
        ChangeLanguage
        RegisterFunctions CurrentLanguage()
        Refresh
    ElseIf ActiveWorkbook Is Nothing Then
        MsgBox TextOf("no_workbook"), vbInformation, "xlsales"
    Else
        RunPy "import xlsales.buttons; xlsales.buttons.press('" & control.ID & "')"
    End If
    Exit Sub
Failed:
    MsgBox TextOf("failed"), vbExclamation, "xlsales"
End Sub

Private Function WordOr(ByVal key As String, ByVal otherwise As String) As String
    On Error GoTo Failed
    WordOr = TextOf(key)
    If WordOr = "" Then WordOr = otherwise
    Exit Function
Failed:
    WordOr = otherwise
End Function
