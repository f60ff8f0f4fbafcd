import Foundation
import Logging
import SwellLocal
import SwellPostgres
import SwellStore

/// The private PostgreSQL of this folder, and where other commands find it.
struct PrivateDatabase: Sendable {
  static let folder = ".swell"
  private static let addressFile = ".swell/database-url"

  let server: PrivateServer

  var configuration: PostgresConfiguration { PostgresConfiguration(server.url) }

  /// Starts the server of `.swell/postgres`, or adopts it, and tells others its address.
  static func start() async throws -> PrivateDatabase {
    let server = try await PrivateServer.start(
      PrivateServer.Options(directory: folder + "/postgres"), log: { Terminal.note($0) })
    do {
      try server.url.write(toFile: addressFile, atomically: true, encoding: .utf8)
    } catch {
      await server.stop()
      throw CommandFailure(
        .unavailable, "private_server", "cannot write \(addressFile): \(error)")
    }
    return PrivateDatabase(server: server)
  }

  func stop() async {
    guard server.ownsServer else { return }
    try? FileManager.default.removeItem(atPath: Self.addressFile)
    await server.stop()
  }

  /// What a person can do about an error, where the database is this folder's own.
  static func explained(_ error: any Error) -> any Error {
    guard case MigrationError.changed = error, var failure = CommandFailure(describing: error)
    else { return error }
    failure.remedy =
      "It is the private database of this folder. Move \(folder)/postgres away, and the same command makes a new one."
    return failure
  }

  /// Starts the server again whenever it has died, until the task is cancelled.
  func keepRunning(_ logger: Logger) async {
    while (try? await Task.sleep(for: .seconds(1))) != nil {
      guard server.ownsServer, server.postmasterPID == nil else { continue }
      logger.warning("the private PostgreSQL has died; starting it again")
      do {
        try await server.startAgain()
      } catch {
        logger.error("it did not start", metadata: ["error": "\(error)"])
      }
    }
  }

  /// The address of the server that runs here, as the command that started it wrote it down.
  static func runningAddress() -> String? {
    guard let text = try? String(contentsOfFile: addressFile, encoding: .utf8) else { return nil }
    let address = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return address.isEmpty ? nil : address
  }
}
