Attribute VB_Name = "modWorkbook"
' Which workbooks are ours, and what happens when one is opened.
Option Explicit

Private events As clsWorkbookEvents
Private described As Boolean

' A failure here must never keep a workbook from opening.
Public Sub StartUp()
    On Error GoTo Failed
    Set events = New clsWorkbookEvents
    events.Watch Application
    Arrive
    Exit Sub
Failed:
    Application.StatusBar = TextOf("failed_start")
End Sub

' Another workbook or sheet has come to the front.
Public Sub Arrive()
    On Error Resume Next
    Refresh
    ' Excel takes the functions' help only when a workbook is in front.
    If Not described And Not ActiveWorkbook Is Nothing Then
        described = True
        RegisterFunctions CurrentLanguage()
    End If
End Sub

' A workbook is ours when it holds one of our tables, under its name in either language.
Public Function IsOurs(ByVal book As Object) As Boolean
    Dim sheet As Object
    Dim table As Object
    On Error GoTo Unknown
    If book Is Nothing Then Exit Function
    For Each sheet In book.Worksheets
        For Each table In sheet.ListObjects
            If IsTableName(table.Name) Then
                IsOurs = True
                Exit Function
            End If
        Next table
    Next sheet
    Exit Function
Unknown:
    IsOurs = False
End Function
