import CLibpq

/// Asks a server to give up the running query of a connection: it takes a connection of its
/// own and blocks, hence a thread of its own.
enum Canceller {
  // Sendable: made from the connection before the thread starts, and then the thread's alone.
  private struct Ticket: @unchecked Sendable {
    let cancel: OpaquePointer
  }

  /// Calls `done` once the server has been asked, or cannot be. On the reactor's thread.
  static func cancel(_ handle: OpaquePointer?, done: @escaping @Sendable () -> Void) {
    guard let handle, let cancel = PQgetCancel(handle) else { return done() }
    let ticket = Ticket(cancel: cancel)
    let isRunning = DetachedThread.run("swell-cancel") {
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
        _ = PQcancel(ticket.cancel, reason.baseAddress, 256)
      }
      PQfreeCancel(ticket.cancel)
      done()
    }
    if isRunning { return }
    PQfreeCancel(cancel)
    done()
  }
}
