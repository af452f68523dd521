#requires -Version 5.1
<#
.SYNOPSIS
Plays the five failures of the original demo, and one more, against a running taquilla.

.DESCRIPTION
ReservaNormal, InventarioFantasma, PasarelaLenta, DiluvioDePeticiones, CorreoPerdido, UltimaButaca.
Each scenario heals everything, breaks one thing, buys, heals again and checks what must be true:
answers, seats, charges, mail. It takes seats that are free and cancels what it bought, so it can
be played any number of times on the same data. Every fault carries a time limit: nothing stays
broken, not even when this script is killed.

Runs in Windows PowerShell 5.1 and in PowerShell 7, without modules. Should Windows refuse it:
Get-ChildItem .\scripts -Recurse -Filter *.ps1 | Unblock-File

Exit codes: 0 every scenario passed, 1 a scenario failed, 2 wrong arguments (also an admin token
that is missing or refused), 5 taquilla cannot be reached, 6 a fault could not be cleared. A command
line that PowerShell itself cannot read never gets here and ends with 1: a parameter without its
value, one given twice, an abbreviation of several.

.PARAMETER Scenario
Which scenarios; All by default.

.PARAMETER BaseUri
The gateway. Without it: what endpoints.json says, else http://127.0.0.1:80. The same holds for
-InventoryUri (8082), -PaymentsUri (8083) and -NotificationsUri (8084).

.PARAMETER EndpointsPath
The endpoints.json in taquilla's data folder. Without it, and without -PortOffset,
./taquilla-data/endpoints.json is read when it is there.

.PARAMETER PortOffset
What taquilla was started with, as in --port-offset 10000; 0 to 57000.

.PARAMETER Token
The gateway.admin_token of a taquilla that has one. Without it: the environment variable
TAQUILLA_ADMIN_TOKEN, which no list of processes shows.

.PARAMETER TimeoutSec
How long one answer, or the healing of one fault, may take; 20 to 600.

.PARAMETER Buyers
How many buyers race for the one seat of UltimaButaca; 2 to 200.

.PARAMETER KeepReservations
Leaves the reservations of the scenarios in place instead of cancelling them.

.PARAMETER KeepFault
Ends a scenario where it would heal: its fault stays, to be looked at, until its time (TimeoutSec
and 10 s) is up or the next scenario starts. What the scenario checks after healing is left out.

.PARAMETER Rest
What no parameter takes: a wrong argument.

.PARAMETER List
Writes what each scenario does and expects, and plays nothing.

.EXAMPLE
.\scripts\chaos.ps1

.EXAMPLE
.\scripts\chaos.ps1 -Scenario PasarelaLenta, CorreoPerdido | Where-Object { -not $_.Passed }

.EXAMPLE
.\scripts\chaos.ps1 -WhatIf

.EXAMPLE
.\scripts\chaos.ps1 InventarioFantasma -KeepFault
#>
[CmdletBinding(SupportsShouldProcess = $true)]
[OutputType('Taquilla.ChaosResult')]
param(
  [ArgumentCompleter({
    'All', 'ReservaNormal', 'InventarioFantasma', 'PasarelaLenta', 'DiluvioDePeticiones',
    'CorreoPerdido', 'UltimaButaca' | Where-Object { $_ -like "$($args[2])*" }
  })]
  [Parameter(Position = 0)][string[]]$Scenario = 'All',
  [string]$BaseUri, [string]$InventoryUri, [string]$PaymentsUri, [string]$NotificationsUri,
  [string]$EndpointsPath, $PortOffset = 0, [string]$EventId = 'EVT-001',
  [string]$Token = $env:TAQUILLA_ADMIN_TOKEN, $TimeoutSec = 30, $Buyers = 20,
  [switch]$List, [switch]$StopOnFirstFailure, [switch]$KeepReservations, [switch]$KeepFault,
  [Parameter(ValueFromRemainingArguments = $true)]$Rest)

Set-StrictMode -Version 1
$ErrorActionPreference = 'Stop'

# Says why nothing is played, in one line, and ends.
function Stop-Script([int]$Code, [string]$Why) {
  $Host.UI.WriteErrorLine("chaos.ps1: $Why")
  exit $Code
}

. "$PSScriptRoot/chaos/arguments.ps1"
try {
  Test-Argument $Rest
  $PortOffset = Get-Number PortOffset $PortOffset 0 57000
  $TimeoutSec = Get-Number TimeoutSec $TimeoutSec 20 600
  $Buyers = Get-Number Buyers $Buyers 2 200
  . "$PSScriptRoot/chaos/taquilla.ps1"
  . "$PSScriptRoot/chaos/scenarios.ps1"
  $chosen = Get-Choice
  $uris = Get-Endpoint
}
catch { Stop-Script 2 $_.Exception.Message }

function Expand-Call([string]$Call) {
  foreach ($service in $uris.Keys) {
    $Call = $Call.Replace("{$service}", ([string]$uris[$service]).TrimEnd('/'))
  }
  return $Call
}

# What a scenario will ask for; who keeps the fault does not ask for its end.
function Get-PlannedCall($Item) {
  $calls = @($Item.Calls)
  if ($Item.Heals -and -not $KeepFault) { $calls += $Item.Heals }
  return @($calls | ForEach-Object { Expand-Call $_ })
}

# Plays one scenario from healing to healing; never leaves without, unless the fault is to be kept.
function Invoke-Scenario($Item, $Run) {
  Write-Host ''
  Write-Host $Item.Title -ForegroundColor Cyan
  try {
    if (-not (Clear-Fault)) { throw 'what was broken before could not be healed' }
    & $Item.Play | Out-Null
    $wrong = @($Run.Checks | Where-Object { -not $_.Passed } | ForEach-Object { $_.Name })
    $Run.Outcome = if ($wrong.Count) { 'Failed' } else { 'Passed' }
    $Run.Note = if ($wrong.Count) { 'not so: ' + ($wrong -join '; ') }
    elseif ($KeepFault -and $Item.Heals) { "the fault stays for at most $life s; end it with: " +
      (Expand-Call $Item.Heals) }
    else { $Item.Expected }
  }
  catch {
    $Run.Outcome = 'Error'
    $Run.Note = $_.Exception.Message
    Write-Host "  [ERROR] $($Run.Note)" -ForegroundColor Red
    Write-Verbose $_.ScriptStackTrace
  }
  finally { if (-not $KeepFault) { $script:healed = Clear-Fault } }
  if (-not $KeepReservations) { Remove-Reservation $Run.Reservations }
}

# The object a scenario leaves behind. Its usual view has five properties, hence is a list: one is
# printed at once, whereas a table waits for its width, and an exit just then would lose it.
function Get-Result($Item, $Run, [TimeSpan]$Duration) {
  $result = [pscustomobject]@{
    PSTypeName = 'Taquilla.ChaosResult'; Scenario = $Item.Name; Passed = $Run.Outcome -eq 'Passed'
    Outcome = $Run.Outcome; Requests = $Run.Requests; Sold = @($Run.Reservations).Count
    Rejected = $Run.Rejected; Blocked = $Run.Blocked; DurationMs = [int]$Duration.TotalMilliseconds
    Faults = $Run.Faults; Checks = $Run.Checks; Note = $Run.Note
  }
  $shown = [System.Management.Automation.PSPropertySet]::new('DefaultDisplayPropertySet',
    [string[]]@('Scenario', 'Outcome', 'Sold', 'Rejected', 'Note'))
  $result.PSObject.Members.Add([System.Management.Automation.PSMemberSet]::new(
      'PSStandardMembers', [System.Management.Automation.PSMemberInfo[]]@($shown)))
  return $result
}

if ($List) {
  # Five properties, hence a list: a table would cut what is expected and drop the calls.
  $chosen | ForEach-Object {
    [pscustomobject]@{ Scenario = $_.Name; Title = $_.Title; Breaks = $_.Breaks
      Expected = $_.Expected; Calls = @(Get-PlannedCall $_) }
  }
  return
}

$client = Get-Client
if (-not $WhatIfPreference) {
  $alive = Invoke-Call GET gateway '/livez'
  if ($alive.Status -ne 200) {
    Stop-Script 5 ("no taquilla at $($uris.gateway) ($($alive.Status) $($alive.Text)). " +
      'Start it with scripts/run, or say where it is: -BaseUri, -EndpointsPath or -PortOffset.')
  }
  if ($refusal = Get-Refusal) { Stop-Script 2 $refusal }
}

$healed = $true
$results = @()
foreach ($item in $chosen) {
  $run = @{ Outcome = 'Skipped'; Note = 'not played'; Checks = @(); Faults = @()
    Requests = 0; Reservations = @(); Rejected = 0; Blocked = 0 }
  $clock = [Diagnostics.Stopwatch]::StartNew()
  $calls = @(Get-PlannedCall $item)
  $agreed = @($calls | Where-Object { $PSCmdlet.ShouldProcess($_, $item.Name) })
  if ($agreed.Count -eq $calls.Count) { Invoke-Scenario $item $run }
  $results += Get-Result $item $run $clock.Elapsed
  if ($StopOnFirstFailure -and @('Failed', 'Error') -contains $run.Outcome) { break }
}
$client.Dispose()

$passed = @($results | Where-Object { $_.Passed }).Count
$bad = @($results | Where-Object { @('Failed', 'Error') -contains $_.Outcome }).Count
$results
Write-Host "$passed passed, $bad failed" -ForegroundColor $(if ($bad) { 'Red' } else { 'Green' })
if (-not $healed) { exit 6 }
if ($bad -gt 0) { exit 1 }
exit 0
