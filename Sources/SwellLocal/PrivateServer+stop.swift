extension PrivateServer {
  /// Stops the server, if it is ours to stop, and removes its data when it is not to be kept.
  ///
  /// An adopted server whose owner lives is left running.
  ///
  /// - Parameter evenIfAdopted: stops it whoever owns it.
  public func stop(mode: Mode = .fast, evenIfAdopted: Bool = false) async {
    guard ownsServer || evenIfAdopted else { return }
    // Shielded: a cancelled caller must not leave a server behind.
    await Task { await self.end(mode) }.value
  }

  /// Stops the server and keeps its files, its socket's folder and our claim on it, so that
  /// `startAgain` brings it back under the same URL.
  public func halt(mode: Mode = .fast) async throws(PrivateServerError) {
    let gate = try await DirectoryLock.acquire(place.gate, patience: .seconds(120))
    defer { withExtendedLifetime(gate) {} }
    try await ServerLauncher(place: place, programs: programs, settings: options.settings)
      .stop(mode)
  }

  /// Stops the server and starts it again; the URL stays the same.
  public func restart(mode: Mode = .fast) async throws(PrivateServerError) {
    try await halt(mode: mode)
    try await startAgain()
  }

  private func end(_ mode: Mode) async {
    let gate = try? await DirectoryLock.acquire(place.gate, patience: .seconds(120))
    defer { withExtendedLifetime(gate) {} }
    let launcher = ServerLauncher(place: place, programs: programs, settings: options.settings)
    do {
      try await launcher.stop(mode)
    } catch {
      // A client that does not let go must not keep the server alive for ever.
      try? await launcher.stop(.immediate)
    }
    if !options.keep, ServerProcess.running(on: dataDirectory) == nil { place.remove() }
    giveUpOwnership()
  }
}
