# The scenarios of chaos.ps1: what each one breaks and expects, as a table, and how it is played.
# A player takes a free seat and a new buyer, and states with Test-That what must be true. What it
# checks after healing (Heals) it leaves out when the fault is to be kept.

# Longer than any answer may take: a fault outlives its scenario by seconds at most.
$life = $TimeoutSec + 10

$scenarios = @(
  @{ Name = 'ReservaNormal'; Play = 'Invoke-ReservaNormal'
    Title = '0. Reserva Normal'
    Calls = @('POST {gateway}/api/reservations')
    Breaks = 'nothing'
    Expected = 'Confirmed, with one charge and one mail.' }
  @{ Name = 'InventarioFantasma'; Play = 'Invoke-InventarioFantasma'
    Title = '1. Inventario Fantasma (Circuit Breaker)'
    Calls = @("POST {inventory}/api/inventory/chaos/crash?for=$life",
      'POST {gateway}/api/reservations')
    Heals = 'POST {inventory}/api/inventory/chaos/recover'
    Breaks = 'the inventory'
    Expected = '503 while the inventory is down, nothing sold; success once it is back.' }
  @{ Name = 'PasarelaLenta'; Play = 'Invoke-PasarelaLenta'
    Title = '2. Pasarela Lenta (Timeout + Retry)'
    Calls = @("POST {payments}/api/payments/chaos/slow?delay=20&for=$life",
      'POST {gateway}/api/reservations')
    Heals = 'POST {payments}/api/payments/chaos/normal'
    Breaks = 'the payments'
    Expected = '504 after about 15 s, nothing charged in the end, the seat free; then success.' }
  @{ Name = 'DiluvioDePeticiones'; Play = 'Invoke-DiluvioDePeticiones'
    Title = '3. Diluvio de Peticiones (Rate Limiting)'
    Calls = @('POST {gateway}/api/reservations, 15 times')
    Breaks = 'nothing'
    Expected = 'The first 6 pass, the rest are blocked; one reservation, one charge.' }
  @{ Name = 'CorreoPerdido'; Play = 'Invoke-CorreoPerdido'
    Title = '4. Correo Perdido (Async graceful)'
    Calls = @("POST {notifications}/api/notifications/chaos/disable?for=$life",
      'POST {gateway}/api/reservations')
    Heals = 'POST {notifications}/api/notifications/chaos/enable'
    Breaks = 'the mail'
    Expected = 'Confirmed while the mail is off; the mail is delivered once after enable.' }
  @{ Name = 'UltimaButaca'; Play = 'Invoke-UltimaButaca'
    Title = '5. Ultima Butaca'
    Calls = @("POST {gateway}/api/reservations, $Buyers buyers at once, one seat")
    Breaks = 'nothing'
    Expected = 'One buyer gets the seat and is charged once; every other buyer gets 409.' }
)

function Invoke-ReservaNormal {
  $seat = Get-FreeSeat; $buyer = Get-Buyer
  $answer = Invoke-Purchase $seat $buyer
  Write-Host ($answer.Json | Format-Table | Out-String).TrimEnd()
  Test-Purchase "the purchase of $seat" $answer
  $fields = @($answer.Json.PSObject.Properties | ForEach-Object { $_.Name }) -join ' '
  Test-That 'its fields are the original ones' 'success reservationId message' $fields
  $id = $answer.Json.reservationId
  $kept = Invoke-Call GET gateway "/api/reservations/$id"
  Test-That 'the reservation is kept' 'confirmed' $kept.Json.state
  Test-That 'the seat is sold' 'sold' (Get-SeatState $seat)
  Test-That 'charges' 1 (Measure-Charge $id)
  Test-That 'mails' 1 (Measure-Mail $buyer 10)
}

function Invoke-InventarioFantasma {
  $seat = Get-FreeSeat; $buyer = Get-Buyer
  Set-Fault inventory "/api/inventory/chaos/crash?for=$life"
  $answer = Invoke-Purchase $seat $buyer
  Write-Host "  $($answer.Status) $($answer.Json.message)" -ForegroundColor Red
  Test-That 'the purchase while the inventory is down' 503 $answer.Status
  Test-That 'its success field' 'False' $answer.Json.success
  if ($KeepFault) { return }
  Set-Fault inventory '/api/inventory/chaos/recover'
  Test-That 'the seat is still free' 'free' (Wait-Value 'free' { Get-SeatState $seat })
  Test-Purchase 'the same purchase after recover' (Invoke-Purchase $seat $buyer)
  Test-That 'charges' 1 (Measure-Charge $run.Reservations[-1])
}

function Invoke-PasarelaLenta {
  $seat = Get-FreeSeat; $buyer = Get-Buyer
  Set-Fault payments "/api/payments/chaos/slow?delay=20&for=$life"
  Write-Host '  buying, which takes about 15 s ...'
  $answer = Invoke-Purchase $seat $buyer
  $seconds = [Math]::Round($answer.Seconds, 1)
  Write-Host "  $($answer.Status) $($answer.Json.message) ($seconds s)" -ForegroundColor Red
  Test-That 'the purchase while the payments are slow' 504 $answer.Status
  Test-That 'seconds until then' '14 to 18' $seconds ($seconds -ge 14 -and $seconds -le 18)
  if ($KeepFault) { return }
  Set-Fault payments '/api/payments/chaos/normal'
  $failed = @(Get-Reservation $buyer)
  Test-That 'the reservation is kept' 'failed' (@($failed | ForEach-Object { $_.state }) -join ' ')
  $id = $failed[0].reservationId
  $steps = (Invoke-Call GET gateway "/api/reservations/$id").Json.timeline
  $attempts = @($steps | Where-Object { $_.step -eq 'payment_attempt' }).Count
  Test-That 'attempts in its timeline' 3 $attempts
  Test-That 'charges in the end' 0 (Wait-Value 0 { Measure-Charge $id })
  Test-That 'the seat is free again' 'free' (Wait-Value 'free' { Get-SeatState $seat })
  Test-Purchase 'the same purchase after normal' (Invoke-Purchase $seat $buyer)
  Test-That 'charges' 1 (Measure-Charge $run.Reservations[-1])
}

function Invoke-DiluvioDePeticiones {
  $seat = Get-FreeSeat; $buyer = Get-Buyer
  Write-Host '  waiting 4 s: the limiter refills'
  Start-Sleep -Seconds 4
  $clock = [Diagnostics.Stopwatch]::StartNew()
  $answers = @(for ($i = 1; $i -le 15; $i++) {
      $answer = Complete-Purchase (Start-Purchase $seat $buyer)
      if ($answer.Status -eq 200) { Write-Host "$i OK" }
      else { Write-Host "$i BLOQUEADO" -ForegroundColor Red }
      $answer
    })
  $refilled = [Math]::Floor(2 * $clock.Elapsed.TotalSeconds)
  $first = @($answers[0..5] | ForEach-Object { $_.Status }) -join ' '
  $ok = @($answers | Where-Object { $_.Status -eq 200 })
  $blocked = @($answers | Where-Object { $_.Status -eq 429 })
  $told = @($blocked | Where-Object { $_.RetryAfter -ge 1 }).Count
  Test-That 'the first six answers' '200 200 200 200 200 200' $first
  Test-That 'passed in all' "6 to $(6 + $refilled)" $ok.Count ($ok.Count -le 6 + $refilled)
  Test-That 'the others are blocked' (15 - $ok.Count) $blocked.Count
  Test-That 'and told when to come back' $blocked.Count $told
  Test-That 'reservations' 1 @($run.Reservations).Count
  Test-That 'marked as repeated' ($ok.Count - 1) @($ok | Where-Object { $_.Replayed }).Count
  Test-Purchase 'the purchase after Retry-After' (Invoke-Purchase $seat $buyer)
  Test-That 'charges' 1 (Measure-Charge $run.Reservations[0])
}

function Invoke-CorreoPerdido {
  $seat = Get-FreeSeat; $buyer = Get-Buyer
  Set-Fault notifications "/api/notifications/chaos/disable?for=$life"
  Test-Purchase 'the purchase while the mail is off' (Invoke-Purchase $seat $buyer)
  Test-That 'mails while it is off' 0 (Measure-Mail $buyer)
  if ($KeepFault) { return }
  Set-Fault notifications '/api/notifications/chaos/enable'
  Test-That 'mails after enable' 1 (Measure-Mail $buyer 15)
  $due = '"reservationId":\s*' + $run.Reservations[-1] + '\b'
  Test-That 'still due' 'False' (Wait-Value 'False' {
      (Invoke-Call GET notifications '/api/notifications/outbox').Text -match $due })
  Test-That 'mails in the end' 1 (Measure-Mail $buyer)
}

function Invoke-UltimaButaca {
  $seat = Get-FreeSeat
  $everybody = @(1..$Buyers | ForEach-Object { Get-Buyer })
  $waiting = $everybody; $winners = 0; $refused = 0
  for ($round = 1; $waiting.Count -gt 0 -and $round -le 2 * $Buyers; $round++) {
    $again = @(); $pause = 0
    $asked = @($waiting | ForEach-Object { @{ Buyer = $_; Call = Start-Purchase $seat $_ } })
    foreach ($one in $asked) {
      $answer = Complete-Purchase $one.Call
      if ($answer.Status -eq 200) { $winners++ }
      if ($answer.Status -eq 409) { $refused++ }
      if ($answer.Status -eq 429) { $again += $one.Buyer; $pause = $answer.RetryAfter }
    }
    $waiting = $again
    Write-Host "  round ${round}: $winners sold, $refused refused, $($waiting.Count) to come back"
    if ($waiting.Count -gt 0) { Wait-Limiter $pause }
  }
  Test-That 'buyers who got the seat' 1 $winners
  Test-That 'buyers who were told 409' ($Buyers - 1) $refused
  Test-That 'the seat' 'sold' (Get-SeatState $seat)
  Test-That 'charges' 1 (Measure-Charge $run.Reservations[0])
  $live = @($everybody | ForEach-Object { Get-Reservation $_ } |
      Where-Object { @('pending', 'confirmed') -contains $_.state })
  Test-That 'reservations alive' 1 $live.Count
}
