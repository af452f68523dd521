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

Exit codes: 0 every scenario passed, 1 a scenario failed, 2 wrong arguments, 5 taquilla cannot be
reached, 6 a fault could not be cleared.

.PARAMETER Scenario
Which scenarios; All by default.

.PARAMETER BaseUri
The gateway. Without it: what endpoints.json says, else http://127.0.0.1:80. The same holds for
-InventoryUri (8082), -PaymentsUri (8083) and -NotificationsUri (8084).

.PARAMETER EndpointsPath
The endpoints.json in taquilla's data folder. Without it, and without -PortOffset,
./taquilla-data/endpoints.json is read when it is there.

.PARAMETER PortOffset
What taquilla was started with, as in --port-offset 10000.

.PARAMETER TimeoutSec
How long one answer, or the healing of one fault, may take.

.PARAMETER Buyers
How many buyers race for the one seat of UltimaButaca.

.PARAMETER KeepReservations
Leaves the reservations of the scenarios in place instead of cancelling them.

.PARAMETER KeepFault
Does not heal after a scenario: its fault stays until its time is up or the next scenario starts.

.PARAMETER List
Writes what each scenario does and expects, and plays nothing.

.EXAMPLE
.\scripts\chaos.ps1

.EXAMPLE
.\scripts\chaos.ps1 -Scenario PasarelaLenta, CorreoPerdido | Where-Object { -not $_.Passed }

.EXAMPLE
.\scripts\chaos.ps1 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true)]
[OutputType('Taquilla.ChaosResult')]
param(
  [ArgumentCompleter({
    'All', 'ReservaNormal', 'InventarioFantasma', 'PasarelaLenta', 'DiluvioDePeticiones',
    'CorreoPerdido', 'UltimaButaca' | Where-Object { $_ -like "$($args[2])*" }
  })]
  [string[]]$Scenario = 'All',
  [uri]$BaseUri, [uri]$InventoryUri, [uri]$PaymentsUri, [uri]$NotificationsUri,
  [string]$EndpointsPath, [ValidateRange(0, 57000)][int]$PortOffset = 0,
  [ValidatePattern('^[A-Za-z0-9_-]+$')][string]$EventId = 'EVT-001',
  [ValidateRange(20, 600)][int]$TimeoutSec = 30, [ValidateRange(2, 200)][int]$Buyers = 20,
  [switch]$List, [switch]$StopOnFirstFailure, [switch]$KeepReservations, [switch]$KeepFault)

Set-StrictMode -Version 1
$ErrorActionPreference = 'Stop'
. "$PSScriptRoot/chaos/taquilla.ps1"
. "$PSScriptRoot/chaos/scenarios.ps1"

# Where taquilla listens: parameters, else endpoints.json, else the ports of the original.
function Get-Endpoint {
  $found = @{}
  foreach ($one in @(@('gateway', 80), @('inventory', 8082), @('payments', 8083),
      @('notifications', 8084))) {
    $found[$one[0]] = [uri]"http://127.0.0.1:$($one[1] + $PortOffset)"
  }
  $path = $EndpointsPath
  $usual = 'taquilla-data/endpoints.json'
  if (-not $path -and $PortOffset -eq 0 -and (Test-Path -LiteralPath $usual)) { $path = $usual }
  if ($path) {
    $text = [IO.File]::ReadAllText((Resolve-Path -LiteralPath $path).ProviderPath)
    $file = $text | ConvertFrom-Json
    foreach ($pair in @(@('gateway', 'gateway'), @('inventory', 'inventory'),
        @('payments', 'payment'), @('notifications', 'notification'))) {
      if (-not $file.($pair[1])) { throw "$path names no $($pair[1])" }
      $found[$pair[0]] = [uri]$file.($pair[1])
    }
  }
  if ($BaseUri) { $found.gateway = $BaseUri }
  if ($InventoryUri) { $found.inventory = $InventoryUri }
  if ($PaymentsUri) { $found.payments = $PaymentsUri }
  if ($NotificationsUri) { $found.notifications = $NotificationsUri }
  foreach ($uri in $found.Values) {
    if (@('http', 'https') -notcontains $uri.Scheme) { throw "$uri is not an http address" }
  }
  return $found
}

function Get-Choice {
  $names = @($Scenario | ForEach-Object { $_ -split ',' } | ForEach-Object { $_.Trim() })
  $known = @('All') + @($scenarios | ForEach-Object { $_.Name })
  foreach ($name in $names) {
    if ($known -notcontains $name) { throw "no scenario '$name'; there are: $($known -join ', ')" }
  }
  return @($scenarios | Where-Object { $names -contains 'All' -or $names -contains $_.Name })
}

function Expand-Call([string]$Call) {
  foreach ($service in $uris.Keys) {
    $Call = $Call.Replace("{$service}", ([string]$uris[$service]).TrimEnd('/'))
  }
  return $Call
}

# Plays one scenario from healing to healing, and never leaves without healing.
function Invoke-Scenario($Item, $Run) {
  Write-Host ''
  Write-Host $Item.Title -ForegroundColor Cyan
  try {
    if (-not (Clear-Fault)) { throw 'what was broken before could not be healed' }
    & $Item.Play | Out-Null
    $wrong = @($Run.Checks | Where-Object { -not $_.Passed } | ForEach-Object { $_.Name })
    $Run.Outcome = if ($wrong.Count) { 'Failed' } else { 'Passed' }
    $Run.Note = if ($wrong.Count) { 'not so: ' + ($wrong -join '; ') } else { $Item.Expected }
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

try { $chosen = Get-Choice; $uris = Get-Endpoint }
catch { $Host.UI.WriteErrorLine("chaos.ps1: $($_.Exception.Message)"); exit 2 }
if ($List) {
  $chosen | ForEach-Object {
    [pscustomobject]@{ Scenario = $_.Name; Title = $_.Title; Expected = $_.Expected
      Calls = @($_.Calls | ForEach-Object { Expand-Call $_ }) }
  }
  return
}

$client = Get-Client
$alive = Invoke-Call GET gateway '/livez'
if ($alive.Status -ne 200 -and -not $WhatIfPreference) {
  $Host.UI.WriteErrorLine(
    "chaos.ps1: no taquilla at $($uris.gateway) ($($alive.Status) $($alive.Text)). " +
    'Start it with scripts/run, or say where it is: -BaseUri, -EndpointsPath or -PortOffset.')
  exit 5
}

$healed = $true
$results = @()
foreach ($item in $chosen) {
  $run = @{ Outcome = 'Skipped'; Note = 'not played'; Checks = @(); Faults = @()
    Requests = 0; Reservations = @(); Rejected = 0; Blocked = 0 }
  $clock = [Diagnostics.Stopwatch]::StartNew()
  $agreed = @($item.Calls | Where-Object { $PSCmdlet.ShouldProcess((Expand-Call $_), $item.Name) })
  if ($agreed.Count -eq @($item.Calls).Count) { Invoke-Scenario $item $run }
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
