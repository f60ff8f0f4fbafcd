import CEL
import Foundation

/// One case of the conformance suite, read from a line of its files.
struct ConformanceCase: CustomStringConvertible {
  let file: String
  let section: String
  let name: String
  let expression: String
  let bindings: [(name: String, value: CELValue)]
  let container: String
  let hasMacros: Bool
  let isChecked: Bool
  /// Nil when the case must fail.
  let expected: CELValue?

  var description: String { "\(file)/\(section)/\(name): \(expression)" }

  /// The folder of the cases: the environment names it, or it lies beside the package.
  static var folder: URL? {
    var candidates: [URL] = []
    if let path = ProcessInfo.processInfo.environment["SWELL_CEL_CASES"] {
      candidates.append(URL(fileURLWithPath: path))
    }
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    candidates.append(package.appendingPathComponent("../shared/cel").standardized)
    return candidates.first {
      FileManager.default.fileExists(atPath: $0.appendingPathComponent("basic.json").path)
    }
  }

  static func read(_ folder: URL) throws -> [ConformanceCase] {
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    return try files.flatMap { file in
      let document = try JSONDocument([UInt8](Data(contentsOf: file)))
      guard case .list(let cases) = document.root else { throw Malformed(what: file.path) }
      return try cases.elements.map {
        try ConformanceCase($0, file: file.deletingPathExtension().lastPathComponent)
      }
    }
  }

  struct Malformed: Error {
    var what: String
  }

  init(_ value: CELValue, file: String) throws {
    guard case .map(let map) = value else { throw Malformed(what: file) }
    func text(_ key: String) throws -> String? {
      guard case .string(let text) = try map[key] else { return nil }
      return text.description
    }
    func flag(_ key: String) throws -> Bool { try map[key] == .bool(true) }
    self.file = file
    section = try text("section") ?? ""
    name = try text("name") ?? ""
    expression = try text("expr") ?? ""
    container = try text("container") ?? ""
    hasMacros = try !flag("disableMacros")
    isChecked = try !flag("disableCheck")
    bindings =
      if case .map(let given) = try map["bindings"] {
        try given.members.map { ($0.key.text, try Self.value($0.value)) }
      } else {
        []
      }
    expected = try map["value"].map(Self.value)
  }

  /// A value from its notation in the cases: an object with its type as the only key.
  static func value(_ notation: CELValue) throws -> CELValue {
    guard case .map(let map) = notation, let (key, content) = try map.members.first else {
      throw Malformed(what: "value")
    }
    switch (key.text, content) {
    case ("null", _): return .null
    case ("bool", .bool): return content
    case ("int", _): return .int(Int64(content.text) ?? 0)
    case ("uint", _): return .uint(UInt64(content.text) ?? 0)
    case ("double", _): return .double(Double(content.text) ?? .nan)
    case ("string", _): return content
    case ("bytes", _):
      let digits = Array(content.text)
      return .bytes(
        stride(from: 0, to: digits.count, by: 2).map {
          UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
        })
    case ("list", .list(let list)): return .list(try list.elements.map(value))
    case ("map", .list(let list)):
      let pairs = try list.elements.map { pair -> (CELValue, CELValue) in
        guard case .list(let pair) = pair, let key = pair[0], let item = pair[1] else {
          throw Malformed(what: "map")
        }
        return (try value(key), try value(item))
      }
      return .map(CELMap(pairs))
    case ("type", _):
      return try CELEnvironment().compile(content.text).evaluate(CELBindings(CELEnvironment()))
    case ("timestamp", .list(let parts)):
      return .timestamp(try CELTimestamp(seconds: parts.int(0), nanoseconds: parts.int(1)))
    case ("duration", .list(let parts)):
      return .duration(try CELDuration(seconds: parts.int(0), nanoseconds: parts.int(1)))
    default: throw Malformed(what: key.text)
    }
  }

  /// The value, or the problems or the error of the case.
  func run() -> Result<CELValue, any Error> {
    var options = CELOptions()
    options.promotesNumbers = false
    options.container = container
    options.hasMacros = hasMacros
    options.isChecked = isChecked
    let environment = CELEnvironment(
      bindings.map { CELVariable($0.name, $0.value.type) }, options: options)
    var values = CELBindings(environment)
    for binding in bindings { values[binding.name] = binding.value }
    return Result { try environment.compile(expression).evaluate(values) }
  }

  /// Whether the values are the same, with the same types all the way down.
  static func isSame(_ a: CELValue, _ b: CELValue) -> Bool {
    switch (a, b) {
    case (.double(let a), .double(let b)):
      return a.isNaN && b.isNaN || a == b && a.sign == b.sign
    case (.list(let a), .list(let b)):
      return a.count == b.count && zip(a.elements, b.elements).allSatisfy(isSame)
    case (.map(let a), .map(let b)):
      guard a.count == b.count, let mine = try? a.members, let others = try? b.members else {
        return false
      }
      return mine.allSatisfy { member in
        others.contains { isSame(member.key, $0.key) && isSame(member.value, $0.value) }
      }
    default: return a.type.name == b.type.name && a == b
    }
  }
}

extension CELValue {
  /// The text of a string.
  var text: String {
    if case .string(let text) = self { text.description } else { "" }
  }
}

extension CELList {
  fileprivate func int(_ index: Int) -> Int64 {
    if case .int(let number) = self[index] { number } else { 0 }
  }
}
