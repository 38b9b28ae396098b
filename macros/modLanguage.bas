Attribute VB_Name = "modLanguage"
' The language of the ribbon and of the functions' help: the one last chosen, at first the one Excel is shown in.
Option Explicit

Private Const UI_LANGUAGE As Long = 2
Private Const SWEDISH As Long = 1053

Private chosen As String

Public Function CurrentLanguage() As String
    If chosen = "" Then chosen = RememberedLanguage()
    If chosen = "" Then chosen = LanguageOfExcel()
    CurrentLanguage = chosen
End Function

Public Sub ChangeLanguage()
    If CurrentLanguage() = "sv" Then chosen = "en" Else chosen = "sv"
    ' Where it cannot be remembered it holds until Excel is closed.
    On Error Resume Next
    SaveSetting "xlsales", "ribbon", "language", chosen
End Sub

Private Function RememberedLanguage() As String
    Dim found As String
    On Error Resume Next
    found = GetSetting("xlsales", "ribbon", "language", "")
    If found = "sv" Or found = "en" Then RememberedLanguage = found
End Function

Private Function LanguageOfExcel() As String
    Dim language As Long
    LanguageOfExcel = "en"
    On Error Resume Next
    language = Application.LanguageSettings.LanguageID(UI_LANGUAGE)
    If language = SWEDISH Then LanguageOfExcel = "sv"
End Function
