import CLibpq

extension PostgresError {
  /// The error in a result of libpq.
  init(result: OpaquePointer) {
    func field(_ letter: Character) -> String? {
      guard let ascii = letter.asciiValue, let text = PQresultErrorField(result, Int32(ascii))
      else { return nil }
      return String(cString: text)
    }
    self.init(
      code: .server, field("M") ?? Self.tidy(String(cString: PQresultErrorMessage(result))),
      sqlState: field("C"))
    detail = field("D")
    hint = field("H")
    context = field("W")
    constraint = field("n")
    // Not translated, unlike "S" and the message.
    hasLostPlan =
      sqlState == "26000" || sqlState == "0A000" && field("R") == "RevalidateCachedQuery"
    endsSession = ["FATAL", "PANIC"].contains(field("V"))
  }

  /// The reason why a connection could not be made, from the verbose text of libpq: it
  /// offers the SQLSTATE of a refused connection nowhere else.
  init(connecting handle: OpaquePointer) {
    let text = String(cString: PQerrorMessage(handle))
    let state = Self.sqlState(inVerbose: text)
    let refused = state?.hasPrefix("28") ?? (PQconnectionNeedsPassword(handle) == 1)
    self.init(code: refused ? .authentication : .connect, Self.tidy(text), sqlState: state)
  }

  /// The reason why none of several servers could be connected to, in their order: what no patience can
  /// mend, else what a server said, else the first.
  init(refusals: [PostgresError]) {
    guard
      let reason = refusals.first(where: { $0.code == .authentication })
        ?? refusals.first(where: { $0.sqlState != nil }) ?? refusals.first
    else {
      self.init(code: .connect, "no server to connect to")
      return
    }
    self = reason
    message = refusals.map(\.message).joined(separator: "; ")
  }

  /// The last `XXXXX` of `SEVERITY:  XXXXX: message`; the severity may be in any language.
  static func sqlState(inVerbose text: String) -> String? {
    var found: String?
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ": ", omittingEmptySubsequences: true)
      for part in parts {
        let word = part.drop { $0 == " " }
        let isState =
          word.utf8.count == 5
          && word.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
          && word.utf8.contains { (48...57).contains($0) }
        if isState { found = String(word) }
      }
    }
    return found
  }

  /// One line, without the place in the server's source.
  static func tidy(_ text: String) -> String {
    text.split(separator: "\n")
      .filter { !$0.hasPrefix("LOCATION:") }
      .map { $0.drop { $0 == "\t" } }
      .joined(separator: " ")
  }
}
