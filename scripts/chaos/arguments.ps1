# What chaos.ps1 was told, checked here and not by attributes: PowerShell ends a script whose
# parameters it refuses with 1, which here means that a scenario failed. Whatever is wrong is thrown
# as one line. Uses the parameters of chaos.ps1 and, in Get-Choice, $scenarios.

function Get-Number([string]$Name, $Value, [int]$Least, [int]$Most) {
  if ("$Value" -notmatch '^[0-9]{1,6}$' -or [int]$Value -lt $Least -or [int]$Value -gt $Most) {
    throw "-$Name must be a whole number from $Least to $Most, not '$Value'"
  }
  return [int]$Value
}

function Test-Argument($Rest) {
  if ($Rest) {
    throw "takes no '$(@($Rest)[0])'; Get-Help scripts/chaos.ps1 -Detailed names every parameter"
  }
  if ($EventId -notmatch '^[A-Za-z0-9_-]+$') { throw "-EventId cannot be '$EventId'" }
  if ($Token -match '[^\x21-\x7e]') { throw '-Token holds what no header can carry' }
}

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
  if ($path) { Read-Endpoint $path $found }
  foreach ($pair in @(@('gateway', $BaseUri), @('inventory', $InventoryUri),
      @('payments', $PaymentsUri), @('notifications', $NotificationsUri))) {
    if ($pair[1]) { $found[$pair[0]] = ConvertTo-Address $pair[1] }
  }
  return $found
}

function Read-Endpoint([string]$Path, $Found) {
  $text = [IO.File]::ReadAllText((Resolve-Path -LiteralPath $Path).ProviderPath)
  $file = $text | ConvertFrom-Json
  foreach ($pair in @(@('gateway', 'gateway'), @('inventory', 'inventory'),
      @('payments', 'payment'), @('notifications', 'notification'))) {
    if (-not $file.($pair[1])) { throw "$Path names no $($pair[1])" }
    $Found[$pair[0]] = ConvertTo-Address $file.($pair[1])
  }
}

function ConvertTo-Address([string]$Text) {
  $address = $Text -as [uri]
  if (-not $address -or @('http', 'https') -notcontains $address.Scheme) {
    throw "$Text is not an http address"
  }
  return $address
}

function Get-Choice {
  $names = @($Scenario | ForEach-Object { $_ -split ',' } | ForEach-Object { $_.Trim() })
  $known = @('All') + @($scenarios | ForEach-Object { $_.Name })
  foreach ($name in $names) {
    if ($known -notcontains $name) { throw "no scenario '$name'; there are: $($known -join ', ')" }
  }
  return @($scenarios | Where-Object { $names -contains 'All' -or $names -contains $_.Name })
}
