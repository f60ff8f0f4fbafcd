/// Cuts a string into text and expressions. Where an expression ends, its grammar says.
struct TemplateParser {
  private let environment: CELEnvironment
  private let bytes: [UInt8]
  private var at = 0
  private var place: CELPlace
  private var parts: [CELTemplate.Part] = []
  private(set) var problems: [CELError] = []

  init(_ text: String, _ environment: CELEnvironment, origin: CELPlace) {
    self.environment = environment
    bytes = Array(text.utf8)
    place = origin
  }

  mutating func parse() -> [CELTemplate.Part] {
    while at < bytes.count {
      let start = at
      while at < bytes.count, !isOpening(at) { at += 1 }
      if at > start { parts.append(.text(CELString(utf8: bytes[start..<at]))) }
      move(from: start, to: at)
      if at < bytes.count { expression() }
    }
    return parts
  }

  private func isOpening(_ offset: Int) -> Bool {
    bytes[offset] == 0x24 && offset + 2 < bytes.count && bytes[offset + 1] == 0x7B
      && bytes[offset + 2] == 0x7B
  }

  private mutating func move(from start: Int, to end: Int) {
    place = bytes.withUnsafeBufferPointer {
      CELPlace.at(end - start, in: UnsafeBufferPointer(rebasing: $0[start...]), origin: place)
    }
  }

  private mutating func expression() {
    let opening = place
    let start = at
    let from = CELPlace(line: place.line, column: place.column + 3)
    var end: Int?
    do throws(CELError) {
      let lexer = Lexer(bytes, from: at + 3, at: from, limit: environment.limits.source)
      var parser = try Parser(
        lexer, limits: environment.limits, hasMacros: environment.options.hasMacros)
      let tree = try parser.parse(inTemplateFrom: opening)
      end = parser.current.range.lowerBound + 2
      parts.append(.expression(try compile(tree)))
    } catch {
      problems.append(error)
    }
    // After a problem, what comes behind the next end is looked at, too.
    let next = end ?? close(after: start)
    move(from: start, to: next)
    at = next
  }

  private mutating func compile(_ tree: Syntax) throws(CELError) -> CELExpression {
    do throws(CELProblems) {
      return try environment.compile(tree)
    } catch {
      problems += error.all.dropLast()
      throw error.all[error.all.count - 1]
    }
  }

  private func close(after start: Int) -> Int {
    var offset = start
    while offset + 1 < bytes.count {
      if bytes[offset] == 0x7D, bytes[offset + 1] == 0x7D { return offset + 2 }
      offset += 1
    }
    return bytes.count
  }
}
