extension DefinitionReader {
  mutating func readInput(_ member: LocatedObject.Member, _ draft: inout NodeDraft) {
    draft.node.input = member.value.json.canonical.payload
    collectTemplates(
      member.value, path: draft.path + ".input", isRepeated: true, into: &draft)
  }

  /// Notes every string with an expression in it; what is wrong with them is found once it is known
  /// what they can see.
  func collectTemplates(
    _ value: LocatedValue, path: String, isRepeated: Bool, into draft: inout NodeDraft
  ) {
    switch value.content {
    case .string(let text):
      guard value.isTemplate else { return }
      draft.templates.append(
        NodeDraft.Template(
          text: text, path: path, value: value, isRepeated: isRepeated, expects: nil))
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        collectTemplates(
          element, path: path + "[\(index)]", isRepeated: isRepeated, into: &draft)
      }
    case .object(let object):
      for member in object.members {
        collectTemplates(
          member.value, path: path.appending(key: member.key), isRepeated: isRepeated, into: &draft)
      }
    default: break
    }
  }

  /// A value that must be one expression, or a problem.
  mutating func expression(
    _ value: LocatedValue, path: String, expects: NodeDraft.Template.Expected, isRepeated: Bool,
    into draft: inout NodeDraft
  ) -> String? {
    if expects == .bool, let flag = value.bool { return "${{ \(flag) }}" }
    guard value.isTemplate, let text = value.string else {
      report.add(
        "not_expression",
        "\(path) must be an expression such as ${{ input.total > 0 }}, not "
          + value.description, path: path, at: value.place)
      return nil
    }
    draft.templates.append(
      NodeDraft.Template(
        text: text, path: path, value: value, isRepeated: isRepeated, expects: expects))
    return text
  }
}
