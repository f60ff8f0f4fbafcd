import Foundation
import SwellModel

/// `swell.json`: settings by the names of their flags.
enum SettingsFile {
  /// - Parameter path: nil takes the default file, which need not be there.
  static func read(_ path: String?) throws -> [SettingName: Settings.Value] {
    let file = path ?? Settings.defaultFile
    guard let data = FileManager.default.contents(atPath: file) else {
      guard let path else { return [:] }
      throw CommandFailure(.usage, "no_settings_file", "the file \(path) cannot be read")
    }
    let value: JSONValue
    do {
      value = try JSONValue.parse(Array(data))
    } catch {
      throw CommandFailure(.usage, "bad_settings_file", "\(file) is not JSON: \(error)")
    }
    guard case .object(let members) = value else {
      throw CommandFailure(.usage, "bad_settings_file", "\(file) must hold one JSON object")
    }
    var values: [SettingName: Settings.Value] = [:]
    for member in members {
      guard let name = SettingName(rawValue: member.key) else {
        let known = SettingName.allCases.map(\.rawValue)
        let meant = NearestName.find(member.key, among: known).map { "; did you mean '\($0)'?" }
        throw CommandFailure(
          .usage, "unknown_setting",
          "\(file) has the unknown key '\(member.key)'" + (meant ?? ""),
          remedy: "The keys are: " + known.joined(separator: ", "))
      }
      guard let texts = texts(member.value, isList: name.isList) else {
        throw CommandFailure(
          .usage, "bad_setting",
          "\(member.key) in \(file) must be "
            + (name.isList ? "a text or a list of texts" : "a text, a number, true or false"))
      }
      values[name] = Settings.Value(texts: texts, source: "\(member.key) in \(file)")
    }
    return values
  }

  private static func texts(_ value: JSONValue, isList: Bool) -> [String]? {
    switch value {
    case .string(let text): return [text]
    case .int(let number) where !isList: return [String(number)]
    case .bool(let flag) where !isList: return [flag ? "true" : "false"]
    case .array(let elements) where isList:
      let texts = elements.compactMap(\.string)
      return texts.count == elements.count && !texts.isEmpty ? texts : nil
    default: return nil
    }
  }
}
