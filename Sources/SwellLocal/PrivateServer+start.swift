import Foundation

extension PrivateServer {
  /// Settings for servers that need not survive a power cut.
  public static let fastSettings = [
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
  ]

  /// Starts the server of a directory, or adopts the one that runs there.
  ///
  /// The first start makes the cluster. When this returns, the server accepts connections and
  /// has the database `swell`.
  ///
  /// - Parameter log: told, in words, what takes time or is not where it was asked for.
  /// - Throws: what is missing and what would help; nothing half-made is left running.
  public static func start(
    _ options: Options, log: (String) -> Void = { _ in }
  ) async throws(PrivateServerError) -> PrivateServer {
    let place = try ServerPlace.prepare(options.directory, log: log)
    let gate = try await DirectoryLock.acquire(place.gate, patience: .seconds(120))
    defer { withExtendedLifetime(gate) {} }
    let programs = try await ServerPrograms.find(major: place.major)
    let launcher = ServerLauncher(place: place, programs: programs, settings: options.settings)
    if let process = await launcher.processToAdopt() {
      log("using the PostgreSQL that runs already in \(place.root) (pid \(process.pid))")
      let server = PrivateServer(
        place: place, programs: programs, options: options, process: process, adopted: true,
        ownership: try DirectoryLock.attempt(place.owner))
      try await launcher.ensureDatabase(database, process: process)
      return server
    }
    if place.major == nil {
      log("making a PostgreSQL \(programs.major) cluster in \(place.root)")
      try await launcher.initialize()
    }
    let process = try await launcher.launch()
    do throws(PrivateServerError) {
      try await launcher.ensureDatabase(database, process: process)
    } catch {
      await launcher.abandon()
      throw error
    }
    return PrivateServer(
      place: place, programs: programs, options: options, process: process, adopted: false,
      ownership: try DirectoryLock.attempt(place.owner))
  }

  /// A server in a fresh folder that `stop` removes with everything in it.
  ///
  /// - Parameter settings: laid over `fastSettings`.
  public static func temporary(
    settings: [String: String] = [:], log: (String) -> Void = { _ in }
  ) async throws(PrivateServerError) -> PrivateServer {
    guard let folder = ServerPlace.temporaryFolder() else {
      throw PrivateServerError(.directory, "cannot make a folder under /tmp")
    }
    let options = Options(
      directory: folder, settings: fastSettings.merging(settings) { _, given in given },
      keep: false)
    do throws(PrivateServerError) {
      return try await start(options, log: log)
    } catch {
      try? FileManager.default.removeItem(atPath: folder)
      throw error
    }
  }

  /// Starts the server again after `halt`, or after a crash. Does nothing while it runs.
  ///
  /// The URL stays the same.
  public func startAgain() async throws(PrivateServerError) {
    let gate = try await DirectoryLock.acquire(place.gate, patience: .seconds(120))
    defer { withExtendedLifetime(gate) {} }
    let launcher = ServerLauncher(place: place, programs: programs, settings: options.settings)
    guard await launcher.processToAdopt() == nil else { return }
    let process = try await launcher.launch()
    guard process.socketFolder == socketDirectory, process.port == port else {
      throw PrivateServerError(
        .start, "the server is back, on another socket: \(process.socketFolder)")
    }
  }
}
