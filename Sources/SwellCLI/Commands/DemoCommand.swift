import ArgumentParser
import Foundation
import SwellLocal
import SwellPostgres

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Examine a folder with three workers, and kill one of them in the middle.",
    discussion: """
      Runs the workflow folder_report over the folder on a private PostgreSQL. One node fails \
      twice and is retried, one falls back, one worker gets SIGKILL; then the tables show who \
      went on, and that no stored result was computed again. Ends with 1 if any of that fails.
      """)

  @Argument(help: "The folder to examine; this one by default.")
  var folder = "."

  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    let path = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { throw CommandFailure(.data, "no_folder", "there is no folder \(folder)") }
    guard let named = try database.named() else {
      let own = try await PrivateDatabase.start()
      do {
        try await Interruption.heed { try await perform(path, own.configuration, own.server.url) }
        await own.stop()
      } catch {
        await own.stop()
        throw PrivateDatabase.explained(error)
      }
      return
    }
    let address = database.url ?? ProcessInfo.processInfo.environment["DATABASE_URL"]
    try await Interruption.heed { try await perform(path, named, address) }
  }

  private func perform(
    _ path: String, _ configuration: PostgresConfiguration, _ address: String?
  ) async throws {
    _ = try await Schema.bringUp(configuration)
    try await Database.withConnection(configuration) { connection in
      try await DemoStory(folder: path, address: address).tell(over: connection)
    }
  }
}
