import Foundation
public import SwellModel

/// The cases of one file: what a workflow is given, and what is expected of it.
///
///     let suite = try TrialSuite.load("order_fulfilment.test.yaml")
///     for test in suite.cases {
///       let verdict = await test.run()
///       #expect(verdict.passed, "\(verdict)")
///     }
public struct TrialSuite: Sendable {
  public let file: String
  public let definition: WorkflowDefinition
  public let cases: [TrialCase]

  /// Reads a cases file, YAML or JSON, and the workflow that it names, whose path counts from the
  /// file's own folder.
  ///
  /// - Parameter kinds: the kinds that the workflow's nodes may use.
  /// - Throws: every problem of the file, or of the workflow, with its place.
  public static func load(
    _ path: String, kinds: KindCatalog = .standard
  ) throws(DefinitionProblems) -> TrialSuite {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DefinitionProblems(
        [
          DefinitionProblem(
            "no_such_file", "there is no file \(path), or it cannot be read", path: "", at: .start)
        ], file: path)
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    return try parse(Array(data), file: path, kinds: kinds) { name in
      let path = URL(fileURLWithPath: name, relativeTo: folder).path
      // As it was asked for, not as the machine calls it.
      let shown = name.hasPrefix("/") ? name : Self.beside(name, path: URL(fileURLWithPath: path))
      return FileManager.default.contents(atPath: path).map { (shown, Array($0)) }
    }
  }

  /// Reads the text of a cases file.
  ///
  /// - Parameters:
  ///   - file: the name that problems are reported with.
  ///   - read: gives the bytes of the workflow that the text names, and the name for its problems.
  public static func parse(
    _ text: [UInt8], file: String, kinds: KindCatalog = .standard,
    reading read: (String) -> (name: String, bytes: [UInt8])?
  ) throws(DefinitionProblems) -> TrialSuite {
    let document: LocatedValue
    do throws(DefinitionProblems) {
      document = try WorkflowDefinition.document(text, format: .auto, file: file)
    } catch {
      throw DefinitionProblems(error.problems, file: file)
    }
    let definition = try self.definition(in: document, file: file, kinds: kinds, reading: read)
    var reader = CaseReader(definition)
    let cases = reader.read(document)
    let problems = reader.report.problems.sorted { $0.place < $1.place }
    guard problems.isEmpty else { throw DefinitionProblems(problems, file: file) }
    return TrialSuite(file: file, definition: definition, cases: cases)
  }

  private static func definition(
    in document: LocatedValue, file: String, kinds: KindCatalog,
    reading read: (String) -> (name: String, bytes: [UInt8])?
  ) throws(DefinitionProblems) -> WorkflowDefinition {
    func problem(_ code: String, _ message: String, at place: SourcePlace) -> DefinitionProblems {
      DefinitionProblems(
        [DefinitionProblem(code, message, path: "workflow", at: place)], file: file)
    }
    guard let top = document.object else {
      throw problem(
        "wrong_type",
        "a cases file is an object with 'workflow' and 'cases', not \(document.description)",
        at: document.place)
    }
    guard let value = top["workflow"] else {
      throw problem(
        "missing_key", "a cases file needs 'workflow', the file of the workflow that it tests",
        at: top.place)
    }
    if value.object != nil {
      do throws(DefinitionProblems) {
        return try WorkflowDefinition(document: value, kinds: kinds)
      } catch {
        throw DefinitionProblems(error.problems, file: file)
      }
    }
    guard let name = value.string else {
      throw problem(
        "wrong_type",
        "workflow must be the name of a file, or a definition, not \(value.description)",
        at: value.place)
    }
    guard let found = read(name) else {
      throw problem(
        "no_such_file", "there is no file \(name.shortened) beside this one", at: value.place)
    }
    return try WorkflowDefinition.parse(found.bytes, file: found.name, kinds: kinds)
  }

  private static func beside(_ name: String, path: URL) -> String {
    let here = FileManager.default.currentDirectoryPath + "/"
    let whole = path.standardizedFileURL.path
    return whole.hasPrefix(here) ? String(whole.dropFirst(here.count)) : whole
  }
}
