import CEL
import SwellModel

extension CaseReader {
  private static let runKeys = [
    "state", "output", "error", "ran", "skipped", "waits", "took", "nodes", "that",
  ]
  private static let nodeKeys = [
    "state", "attempts", "input", "with", "output", "error", "wave", "took", "items", "iterations",
  ]

  /// What a case expects; of one that says nothing else, that the run succeeds.
  mutating func readExpect(_ object: LocatedObject, path: String) -> [Expectation] {
    let path = path + ".expect"
    let member = object.member("expect")
    guard let value = member?.value else {
      return [
        Expectation(path: path, place: object.place, subject: .run, check: .state("succeeded"))
      ]
    }
    guard let expect = report.object(value, path: path) else { return [] }
    report.checkKeys(of: expect, known: Self.runKeys, path: path, owner: "expect")
    var found: [Expectation] = []
    if expect["state"] == nil {
      let state = expect["error"] == nil ? "succeeded" : "failed"
      found.append(
        Expectation(
          path: path, place: member?.keyPlace ?? value.place, subject: .run, check: .state(state)))
    }
    for member in expect.members {
      let path = path + "." + member.key
      func add(_ check: Expectation.Check) {
        found.append(
          Expectation(path: path, place: member.keyPlace, subject: .run, check: check))
      }
      switch member.key {
      case "state":
        if let state = report.choice(member.value, of: TrialResult.State.self, path: path) {
          add(.state(state.rawValue))
        }
      case "output": add(.output(literal(member.value, path: path)))
      case "error": found += readError(member.value, of: .run, path: path)
      case "ran": add(.ran(ids(member.value, path: path)))
      case "skipped": add(.skipped(ids(member.value, path: path)))
      case "waits": found += readWaits(member.value, path: path)
      case "took": if let span = span(member.value, path: path) { add(.took(span)) }
      case "that": found += readThat(member.value, path: path)
      case "nodes": found += readNodes(member.value, path: path)
      default: break
      }
    }
    return found
  }

  private mutating func ids(_ value: LocatedValue, path: String) -> [String] {
    guard let elements = value.array else {
      report.add(
        "wrong_type", "\(path) must be a list of ids, not \(value.description)", path: path,
        at: value.place)
      return []
    }
    var ids: [String] = []
    for (index, element) in elements.enumerated() {
      let inner = path + "[\(index)]"
      guard let id = report.string(element, path: inner),
        node(id, path: inner, at: element.place) != nil
      else { continue }
      ids.append(id)
    }
    return ids
  }

  /// A list of ids, or an object of how long each waited.
  private mutating func readWaits(_ value: LocatedValue, path: String) -> [Expectation] {
    var found: [Expectation] = []
    let waiting: [String]
    if let object = value.object {
      waiting = object.members.map(\.key)
      for member in object.members {
        let inner = path + "." + member.key
        guard node(member.key, path: inner, at: member.keyPlace) != nil,
          let span = span(member.value, path: inner)
        else { continue }
        found.append(
          Expectation(
            path: inner, place: member.keyPlace, subject: .node(member.key), check: .waited(span)
          ))
      }
    } else {
      waiting = ids(value, path: path)
    }
    found.append(
      Expectation(path: path, place: value.place, subject: .run, check: .waits(waiting)))
    return found
  }

  private mutating func readThat(_ value: LocatedValue, path: String) -> [Expectation] {
    let elements = value.array ?? [value]
    var found: [Expectation] = []
    for (index, element) in elements.enumerated() {
      let inner = value.array == nil ? path : path + "[\(index)]"
      guard element.isTemplate, let text = element.string else {
        report.add(
          "not_expression", "\(inner) must be an expression such as ${{ output.total > 0 }}",
          path: inner, at: element.place)
        continue
      }
      guard
        let template = compile(text, TrialBindings.result, path: inner, in: element)
      else { continue }
      guard let expression = template.expression,
        expression.type == .bool || expression.type == .dyn
      else {
        report.add(
          "expression_type", "\(inner) must be one expression that gives true or false",
          path: inner, at: element.place)
        continue
      }
      for field in template.references(of: "nodes").fields {
        let place = field.places.first.map { element.place(ofLine: $0.line, column: $0.column) }
        _ = node(field.name, path: inner, at: place ?? element.textPlace)
      }
      found.append(
        Expectation(
          path: inner, place: element.place, subject: .run, check: .holds(template, text: text)))
    }
    return found
  }

  private mutating func readError(
    _ value: LocatedValue, of subject: Expectation.Subject, path: String
  ) -> [Expectation] {
    if value.string != nil {
      guard let kind = report.choice(value, of: ErrorKind.self, path: path) else { return [] }
      return [
        Expectation(
          path: path, place: value.place, subject: subject, check: .errorKind(kind.rawValue))
      ]
    }
    guard let object = report.object(value, path: path) else { return [] }
    var keys = ["kind", "code", "message"]
    if case .run = subject { keys.append("node") }
    report.checkKeys(of: object, known: keys, path: path, owner: "an expected error")
    var found: [Expectation] = []
    for member in object.members where keys.contains(member.key) {
      let path = path + "." + member.key
      var check: Expectation.Check?
      switch member.key {
      case "kind":
        check = report.choice(member.value, of: ErrorKind.self, path: path).map {
          .errorKind($0.rawValue)
        }
      case "code": check = report.string(member.value, path: path).map { .errorCode($0) }
      case "message": check = report.string(member.value, path: path).map { .errorMessage($0) }
      default:
        if let id = report.string(member.value, path: path),
          node(id, path: path, at: member.value.place) != nil
        {
          check = .failedNode(id)
        }
      }
      guard let check else { continue }
      found.append(
        Expectation(path: path, place: member.keyPlace, subject: subject, check: check))
    }
    return found
  }

  private mutating func readNodes(_ value: LocatedValue, path: String) -> [Expectation] {
    guard let object = report.object(value, path: path) else { return [] }
    var found: [Expectation] = []
    for member in object.members {
      let inner = path + "." + member.key
      guard let node = node(member.key, path: inner, at: member.keyPlace) else { continue }
      found += readNode(member.value, of: node, .node(node.id), path: inner)
    }
    return found
  }

  private mutating func readNode(
    _ value: LocatedValue, of node: Node, _ subject: Expectation.Subject, path: String
  ) -> [Expectation] {
    guard let object = report.object(value, path: path) else { return [] }
    report.checkKeys(of: object, known: Self.nodeKeys, path: path, owner: path)
    var found: [Expectation] = []
    for member in object.members {
      let inner = path + "." + member.key
      func add(_ check: Expectation.Check?) {
        guard let check else { return }
        found.append(
          Expectation(path: inner, place: member.keyPlace, subject: subject, check: check))
      }
      switch member.key {
      case "state":
        add(
          report.choice(member.value, of: TrialNode.State.self, path: inner).map {
            .state($0.rawValue)
          })
      case "attempts": add(count(member.value, path: inner).map { .attempts($0) })
      case "wave": add(count(member.value, path: inner).map { .wave($0) })
      case "input": add(.input(literal(member.value, path: inner)))
      case "with": add(.with(literal(member.value, path: inner)))
      case "output": add(.output(literal(member.value, path: inner)))
      case "took": add(span(member.value, path: inner).map { .took($0) })
      case "error": found += readError(member.value, of: subject, path: inner)
      case "items", "iterations":
        found += readParts(member, of: node, subject, path: inner)
      default: break
      }
    }
    return found
  }

  private mutating func readParts(
    _ member: LocatedObject.Member, of node: Node, _ subject: Expectation.Subject, path: String
  ) -> [Expectation] {
    let fits =
      switch (node.repetition, subject) {
      case (.map, .node): member.key == "items"
      case (.loop, .node): member.key == "iterations"
      default: false
      }
    guard fits else {
      report.add(
        "misplaced_parts",
        "'\(member.key)' is for a node with \(member.key == "items" ? "map" : "loop")", path: path,
        at: member.keyPlace)
      return []
    }
    guard let elements = member.value.array else {
      report.add(
        "wrong_type", "\(path) must be a list, not \(member.value.description)", path: path,
        at: member.value.place)
      return []
    }
    var found = [
      Expectation(
        path: path, place: member.keyPlace, subject: subject, check: .parts(elements.count))
    ]
    for (index, element) in elements.enumerated() {
      if case .null = element.content { continue }
      found += readNode(element, of: node, .part(node.id, index), path: path + "[\(index)]")
    }
    return found
  }

  private mutating func count(_ value: LocatedValue, path: String) -> Int? {
    if let number = value.int, number >= 0, number <= 1_000_000 { return Int(number) }
    report.add(
      "out_of_range", "\(path) must be a whole number from 0, not \(value.description)", path: path,
      at: value.place)
    return nil
  }
}
