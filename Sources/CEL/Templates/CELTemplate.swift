/// Text, or a whole JSON value, with expressions in `${{ }}`.
///
/// A string that is exactly one expression stands for its value, whatever the type. In any
/// other, what the expressions give is put in as text: strings as they are, numbers, bools,
/// timestamps and durations as `string()` writes them, null as `null`, lists and maps as JSON.
/// In a JSON value this holds for every string, at any depth; keys are not templates.
///
/// A literal `${{` is written `${{ '${{' }}`. A template is compiled once, and may be evaluated
/// any number of times, from anywhere; one evaluation has one budget for all its expressions.
public struct CELTemplate: Sendable {
  /// A part of a string.
  enum Part: Sendable {
    case text(CELString)
    case expression(CELExpression)
  }

  /// A part of JSON: what is copied, or a string that is a template.
  enum Segment: Sendable {
    case raw([UInt8])
    case string([Part], pointer: String)
  }

  enum Content: Sendable {
    case text([Part])
    case json([Segment])
  }

  let content: Content
  let environment: CELEnvironment

  /// The expressions in their order.
  public var expressions: [CELExpression] {
    parts.compactMap { part in
      if case .expression(let expression) = part { expression } else { nil }
    }
  }

  private var parts: [Part] {
    switch content {
    case .text(let parts): parts
    case .json(let segments):
      segments.flatMap { segment in
        if case .string(let parts, _) = segment { parts } else { [Part]() }
      }
    }
  }

  /// What all the expressions read of a variable.
  public func references(of root: String) -> CELReferences {
    var references = CELReferences()
    switch content {
    case .text:
      for expression in expressions { references.merge(expression.references(of: root)) }
    case .json(let segments):
      for case .string(let parts, let pointer) in segments {
        for case .expression(let expression) in parts {
          var found = expression.references(of: root)
          found.problems = found.problems.map { $0.pointed(pointer) }
          references.merge(found)
        }
      }
    }
    return references
  }
}
