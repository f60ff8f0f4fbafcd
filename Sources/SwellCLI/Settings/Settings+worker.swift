import Foundation
import Logging
import Swell
import SwellEngine
import SwellHTTP
import SwellModel
import SwellNodes
import SwellPostgres

extension Settings {
  var isPooled: Bool {
    get throws { try flag(.pooled) ?? false }
  }

  /// A worker as these settings want it.
  func configuration(database: PostgresConfiguration) throws -> WorkerConfiguration {
    var configuration = WorkerConfiguration(database: database)
    configuration.name = text(.name)
    configuration.queues = try queues()
    if let count = try integer(.concurrency, in: 1...1_000_000) {
      configuration.concurrency = count
    }
    if let count = try integer(.recorders, in: 1...64) { configuration.recorders = count }
    if let grace = try duration(.grace) { configuration.grace = grace }
    configuration.secrets = SecretStore(folder: try folder(.secrets))
    configuration.healthPort = try integer(.healthPort, in: 1...65_535).map { UInt16($0) }
    return configuration
  }

  /// The queues, each by a name that a run can have.
  private func queues() throws -> [String]? {
    guard let value = values[.queues] else { return nil }
    let names = value.texts.map { $0.trimmingCharacters(in: .whitespaces) }
    for name in names where name.wholeMatch(of: /[a-z][a-z0-9_.-]{0,99}/) == nil {
      throw CommandFailure(
        .usage, "bad_setting", "\(value.source) has '\(name)', which is no name of a queue",
        remedy: "A queue begins with a small letter and has small letters, digits, _, - and .")
    }
    guard !names.isEmpty else {
      throw CommandFailure(
        .usage, "bad_setting", "\(value.source) names no queue",
        remedy: "Leave it out to serve all queues.")
    }
    return names
  }

  /// `log`, `cel`, `http` and `sql` always; `file` only for those who named a folder, `exec` for those who
  /// allowed programs.
  func kinds() throws -> [any NodeKind] {
    let root = try folder(.root)
    var kinds: [any NodeKind] = [
      LogNode(), CELNode(), HTTPNode(privateHosts: try privateHosts(), root: root),
      SQLNode(connections: try databases()),
    ]
    if let root { kinds.append(FileNode(root: root)) }
    if let programs = list(.allowExec), !programs.isEmpty {
      let allowed: ExecNode.Allowed = programs.contains("*") ? .everything : .programs(programs)
      kinds.append(ExecNode(allowed: allowed, root: root))
    }
    return kinds
  }

  /// The databases that sql nodes reach by name. Nobody connects before a node asks.
  private func databases() throws -> [String: PostgresConfiguration] {
    var databases: [String: PostgresConfiguration] = [:]
    for (name, value) in connections {
      guard SQLKind.isConnectionName(name) else {
        throw CommandFailure(
          .usage, "bad_setting",
          "\(value.source) names the connection '\(name.prefix(60))'",
          remedy:
            "A name begins with a small letter and has small letters, digits and _, at most 60.")
      }
      // Nothing of Swell's outlives a transaction there, so a pooler may well be in between.
      let configuration = PostgresConfiguration(value.texts[0], pooled: true)
      do {
        try configuration.validate()
      } catch {
        throw CommandFailure(
          .usage, "bad_setting",
          "the connection '\(name)' of \(value.source) is not understood: \(error.message)")
      }
      databases[name] = configuration
    }
    return databases
  }

  private func privateHosts() throws -> PrivateHosts {
    guard let value = values[.allowPrivateHosts] else { return .none }
    do {
      return try PrivateHosts(value.texts)
    } catch {
      throw CommandFailure(.usage, "bad_setting", "\(value.source): \(error.message)")
    }
  }

  /// A setting that has to name a folder.
  private func folder(_ name: SettingName) throws -> String? {
    guard let path = text(name) else { return nil }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else {
      let source = values[name]?.source ?? name.flag
      throw CommandFailure(.usage, "bad_setting", "\(source) is '\(path)', which is no folder")
    }
    return path
  }

  /// A logger as these settings want it.
  func logger() throws -> Logger {
    let level = try choice(.logLevel, of: Logger.Level.self) ?? .info
    let format = try choice(.logFormat, of: LogFormat.self) ?? .text
    var logger = Logger(label: "swell") { _ in
      switch format {
      case .text: TextLogHandler()
      case .json: JSONLogHandler()
      }
    }
    logger.logLevel = level
    return logger
  }
}
