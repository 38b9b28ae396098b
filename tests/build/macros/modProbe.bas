Attribute VB_Name = "modProbe"
' What the tests ask of the macros. Everything comes back as a text, since a failure gives nothing at all.
Option Explicit

Public Function Answer(ByVal question As String, ByVal id As String) As String
    Dim control As New clsFakeControl
    Dim found As Variant
    control.ID = id
    Select Case question
        Case "label": GetLabel control, found
        Case "screentip": GetScreentip control, found
        Case "supertip": GetSupertip control, found
        Case "enabled": GetEnabled control, found
        Case "press": OnAction control: found = LastCommand
        Case "language": found = CurrentLanguage()
        Case "start": StartUp: found = "started"
        Case "ours": found = IsOurs(WorkbookWithTable(id))
    End Select
    Answer = CStr(found)
End Function

Private Function WorkbookWithTable(ByVal name As String) As Object
    Dim table As New clsFakeTable
    Dim empty_sheet As New clsFakeSheet
    Dim sheet As New clsFakeSheet
    Dim book As New clsFakeBook
    table.Name = name
    sheet.ListObjects.Add table
    book.Worksheets.Add empty_sheet
    book.Worksheets.Add sheet
    Set WorkbookWithTable = book
End Function
