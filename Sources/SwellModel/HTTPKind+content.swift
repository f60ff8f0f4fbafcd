import Foundation

extension HTTPKind {
  /// Headers that the connection itself is made of; whoever sets them breaks it.
  static let reservedHeaders: Set<String> = [
    "connection", "content-length", "host", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  /// Why a header cannot be sent, in words; nil if it can.
  public static func headerProblem(_ name: String) -> (code: String, message: String)? {
    let isName =
      !name.isEmpty
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
          || "!#$%&'*+-.^_`|~".utf8.contains($0)
      }
    guard isName else {
      return ("invalid_header", "'\(name.shortened)' cannot be the name of a header")
    }
    guard !reservedHeaders.contains(name.lowercased()) else {
      return ("header_not_allowed", "the header \(name) belongs to the connection; leave it out")
    }
    return nil
  }

  /// Whether the text can be the value of a header: no line may end in it.
  public static func isHeaderValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }
  }

  /// Headers, query, and the body if the method takes one.
  static func checkContent(
    _ with: LocatedObject, method: Method?, _ report: inout DefinitionReport
  ) {
    if let value = with["headers"] { checkHeaders(value, &report) }
    if let value = with["query"] { checkFields(value, path: "query", &report) }
    if let value = with["form"] { checkFields(value, path: "form", &report) }
    if let value = with["text"] { _ = report.string(value, path: "text") }
    if let value = with["bytes"], let text = report.string(value, path: "bytes"),
      !value.isTemplate, Data(base64Encoded: text) == nil
    {
      report.add("invalid_value", "bytes must be base64", path: "bytes", at: value.place)
    }
    let written = with.members.filter { bodies.contains($0.key) }
    for other in written.dropFirst() {
      report.add(
        "several_bodies",
        "a request has one body, and there are '\(written[0].key)' and "
          + "'\(other.key)'; keep one", path: other.key, at: other.keyPlace)
    }
    if let method, !method.takesBody, let body = written.first {
      report.add(
        "body_not_allowed", "\(method.rawValue) has no body; say another method, or use 'query'",
        path: body.key, at: body.keyPlace)
    }
  }

  private static func checkHeaders(_ value: LocatedValue, _ report: inout DefinitionReport) {
    guard let object = report.object(value, path: "headers") else { return }
    for member in object.members {
      let path = "headers.\(member.key)"
      if let problem = headerProblem(member.key) {
        report.add(problem.code, problem.message, path: path, at: member.keyPlace)
      }
      checkField(member.value, path: path, &report)
      for text in member.value.array ?? [member.value] {
        if let text = text.string, !isHeaderValue(text) {
          report.add(
            "invalid_header", "\(path) must not hold line breaks or other control characters",
            path: path, at: member.value.place)
        }
      }
    }
  }

  private static func checkFields(
    _ value: LocatedValue, path: String, _ report: inout DefinitionReport
  ) {
    guard let object = report.object(value, path: path) else { return }
    for member in object.members {
      checkField(member.value, path: "\(path).\(member.key)", &report)
    }
  }

  /// A text, a number, true, false, null, or a list of those.
  private static func checkField(
    _ value: LocatedValue, path: String, _ report: inout DefinitionReport
  ) {
    for element in value.array ?? [value] where element.object != nil || element.array != nil {
      report.add(
        "wrong_type",
        "\(path) must be a text, a number, or a list of those, not "
          + element.description, path: path, at: element.place)
    }
  }
}
