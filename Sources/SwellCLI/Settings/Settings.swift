import Foundation
import SwellModel

/// The settings of a worker: flags win over `SWELL_*` variables, those over a file.
///
/// Every value remembers where it came from, so that what is wrong with it can be said of the
/// flag, variable or key that a person wrote.
struct Settings: Sendable {
  struct Value: Sendable, Hashable {
    var texts: [String]
    /// Such as `SWELL_GRACE` or `--grace`.
    var source: String
  }

  static let defaultFile = "swell.json"
  /// Variables of this prefix that are not settings of a worker.
  private static let otherVariables = [
    "SWELL_PG_BIN", "SWELL_RUN", "SWELL_NODE", "SWELL_ATTEMPT", "SWELL_IDEMPOTENCY_KEY",
    "SWELL_DEMO_DEBUG",
  ]

  private(set) var values: [SettingName: Value]
  /// The databases that sql nodes reach by name, each with its URL.
  private(set) var connections: [String: Value] = [:]
  /// What was ignored, in words.
  private(set) var warnings: [String] = []

  /// - Parameter file: named by `--config`; nil takes `swell.json` where there is one.
  static func load(
    flags: [SettingName: [String]], file: String?,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Settings {
    var settings = Settings(values: try SettingsFile.read(file))
    for name in SettingName.allCases where name != .connection {
      guard let text = environment[name.variable], !text.isEmpty else { continue }
      let texts =
        name.isList
        ? text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } : [text]
      settings.values[name] = Value(texts: texts, source: name.variable)
    }
    settings.connections = try named(
      in: settings.values.removeValue(forKey: .connection), over: [:])
    for (variable, url) in environment.sorted(by: { $0.key < $1.key })
    where variable.hasPrefix(connectionPrefix) && !url.isEmpty {
      let name = variable.dropFirst(connectionPrefix.count).lowercased()
      settings.connections[name] = Value(texts: [url], source: variable)
    }
    for (name, texts) in flags { settings.values[name] = Value(texts: texts, source: name.flag) }
    settings.connections = try named(
      in: settings.values.removeValue(forKey: .connection), over: settings.connections)
    settings.warnings = unknown(in: environment)
    return settings
  }

  private static let connectionPrefix = "SWELL_CONNECTION_"

  /// Takes `name=url` apart.
  private static func named(
    in value: Value?, over known: [String: Value]
  ) throws -> [String: Value] {
    var connections = known
    for text in value?.texts ?? [] {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        // Not the text itself: there may be a password in it.
        throw CommandFailure(
          .usage, "bad_setting", "\(value?.source ?? "connection") must be name=url")
      }
      connections[parts[0]] = Value(texts: [parts[1]], source: value?.source ?? "")
    }
    return connections
  }

  private static func unknown(in environment: [String: String]) -> [String] {
    let known =
      SettingName.allCases.filter { $0 != .connection }.map(\.variable) + otherVariables
    return environment.keys.sorted().filter { $0.hasPrefix("SWELL_") && !known.contains($0) }
      .filter { name in
        ![connectionPrefix, "SWELL_SECRET_"].contains { name.hasPrefix($0) && name != $0 }
      }
      .map { name in
        let meant = NearestName.find(name, among: known).map { "; did you mean \($0)?" } ?? ""
        return "the variable \(name) is not a setting of Swell\(meant) [unknown_variable]"
      }
  }

  func list(_ name: SettingName) -> [String]? {
    values[name]?.texts
  }

  func text(_ name: SettingName) -> String? {
    values[name]?.texts.last
  }

  func integer(_ name: SettingName, in range: ClosedRange<Int>) throws -> Int? {
    try convert(name, "a number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func flag(_ name: SettingName) throws -> Bool? {
    try convert(name, "true or false") { text in
      switch text.lowercased() {
      case "true", "1", "yes", "on": true
      case "false", "0", "no", "off": false
      default: nil
      }
    }
  }

  func duration(_ name: SettingName) throws -> Duration? {
    try convert(name, "a duration such as 250ms, 30s or 5m") { text in
      text == "0" || text == "0s" ? Duration.zero : try? DurationText.parse(text)
    }
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: SettingName, of type: Choice.Type
  ) throws -> Choice? where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return try convert(name, "one of \(names)") { Choice(rawValue: $0) }
  }

  private func convert<Result>(
    _ name: SettingName, _ wanted: String, _ body: (String) -> Result?
  ) throws -> Result? {
    guard let value = values[name] else { return nil }
    guard let text = value.texts.last, let result = body(text) else {
      throw CommandFailure(
        .usage, "bad_setting",
        "\(value.source) is '\(value.texts.joined(separator: ","))', and must be \(wanted)")
    }
    return result
  }

  private init(values: [SettingName: Value]) {
    self.values = values
  }
}
