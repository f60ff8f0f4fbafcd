/// Finds the strings of a JSON value that are templates; all between them is copied.
struct JSONTemplateParser {
  /// An array or object around the current value, and which of its values that is.
  private struct Container {
    var end: Int
    var isObject: Bool
    var index = -1
    var key = 0
  }

  private let document: JSONDocument
  private let environment: CELEnvironment
  private var segments: [CELTemplate.Segment] = []
  private var copied = 0
  private var open: [Container] = []
  private(set) var problems: [CELError] = []

  init(_ document: JSONDocument, _ environment: CELEnvironment) {
    self.document = document
    self.environment = environment
  }

  mutating func parse() -> [CELTemplate.Segment] {
    for at in document.entries.indices {
      let entry = document.entries[at]
      while let last = open.last, last.end <= at { open.removeLast() }
      if entry.kind == .key {
        open[open.count - 1].key = at
        continue
      }
      if !open.isEmpty { open[open.count - 1].index += 1 }
      switch entry.kind {
      case .array, .object:
        open.append(Container(end: Int(entry.next), isObject: entry.kind == .object))
      case .string: string(at)
      default: break
      }
    }
    if copied < document.bytes.count {
      segments.append(.raw(Array(document.bytes[copied...])))
    }
    return segments
  }

  private mutating func string(_ at: Int) {
    let text = CELString(JSONReference(document: document, index: at))
    let hasExpression = text.withUTF8 { bytes in
      Array("${{".utf8).withUnsafeBufferPointer { ByteSearch($0).first(in: bytes, from: 0) != nil }
    }
    guard hasExpression else { return }
    let pointer = pointer
    var parser = TemplateParser(text.description, environment, origin: .start)
    let parts = parser.parse()
    problems += parser.problems.map { $0.pointed(pointer) }
    let slice = document.slice(at: at)
    if slice.startIndex > copied {
      segments.append(.raw(Array(document.bytes[copied..<slice.startIndex])))
    }
    copied = slice.endIndex
    segments.append(.string(parts, pointer: pointer))
  }

  /// The JSON pointer of the current value.
  private var pointer: String {
    open.reduce("") { path, container in
      guard container.isObject else { return path + "/\(container.index)" }
      let key = CELString(JSONReference(document: document, index: container.key)).description
      let escaped = key.split(separator: "~", omittingEmptySubsequences: false)
        .joined(separator: "~0").split(separator: "/", omittingEmptySubsequences: false)
        .joined(separator: "~1")
      return path + "/" + escaped
    }
  }
}
