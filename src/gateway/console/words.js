// Spanish words for the names that the server uses, and times as people read them.

export const serviceNames = {
  inventory: 'Inventario', payments: 'Pagos', notifications: 'Notificaciones',
};
export const partOfService = {
  inventory: 'inventory', payments: 'payment', notifications: 'notification',
};
export const partNames = {
  inventory: 'Inventario', payment: 'Pagos', notification: 'Notificaciones', store: 'Almacén',
  event_feed: 'Sucesos', settlement: 'Devoluciones', mail_relay: 'Reparto de correo',
  reservation_desk: 'Mostrador', gateway: 'Puerta HTTP',
};
export const kindNames = {
  crash: 'Caer', panic: 'Morir una vez', slow: 'Lento', flaky: 'Errores',
  lossy: 'Pierde respuestas', stall: 'No responde', decline: 'Rechaza pagos',
  bounce: 'Devuelve correo', disable: 'Desactivar', recover: 'Recuperar',
};
export const stateNames = {
  closed: 'cerrado', open: 'abierto', half_open: 'a prueba', forced_open: 'abierto a mano',
  ramping: 'subiendo', disabled: 'desactivado', up: 'en marcha', down: 'caído',
  starting: 'arrancando', restarting: 'rearrancando', gave_up: 'abandonado',
  stopping: 'parando', gone: 'parado',
};
export const seatNames = { free: 'libre', held: 'retenido', sold: 'vendido' };
export const endNames = {
  expired: 'se acabó su tiempo', exhausted: 'se acabó su cuenta', cleared: 'quitado',
  replaced: 'sustituido por otro',
};
export const stepNames = {
  admitted: 'admitida', seat_held: 'asiento retenido', seat_already_yours: 'asiento ya suyo',
  seat_refused: 'asiento negado', recorded: 'anotada', found: 'encontrada',
  payment_attempt: 'intento de cobro', retry_policy: 'política de reintentos', wait: 'espera',
  reconciled: 'cobro comprobado', confirmed: 'confirmada', failed: 'fallida',
  cancelled: 'cancelada', charge_voided: 'cobro anulado', refunded: 'dinero devuelto',
  void_due: 'anulación pendiente', refund_due: 'devolución pendiente', mail_due: 'correo pendiente',
  mail_given_up: 'correo imposible', mail_delivered: 'correo entregado',
  mail_attempt: 'intento de correo', settlement_attempt: 'intento de devolución',
};
export const reasonNames = {
  seat_taken: 'asiento ocupado', payment_declined: 'pago rechazado',
  payment_timeout: 'pagos no respondió a tiempo', payment_unavailable: 'pagos no disponible',
  inventory_unavailable: 'inventario no disponible', breaker_open: 'circuito abierto',
  store_unavailable: 'almacén no disponible', deadline_expired: 'tardó demasiado',
  outcome_unknown: 'aún no se sabe', fault_injected: 'fallo provocado',
  notification_unavailable: 'notificaciones no disponible', mail_bounced: 'correo devuelto',
  mail_undeliverable: 'correo imposible', unknown_seat: 'el asiento no existe',
};

/** The Spanish word where there is one, else the name itself. */
export function word(names, name) { return Object.hasOwn(names, name) ? names[name] : name; }

export function clock(iso) {
  return iso ? new Date(iso).toLocaleTimeString('es', { hour12: false }) : '';
}
export function seconds(ms) { return `${(ms / 1000).toLocaleString('es')} s`; }
