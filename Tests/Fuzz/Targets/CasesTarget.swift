import SwellModel
import SwellTrial

/// Cases files, YAML or JSON: of a workflow that has one of everything, or of one in the text.
enum CasesTarget: FuzzTarget {
  static let name = "cases"

  private static let workflow = Array(
    """
    workflow: w
    nodes:
      order: {source: exec, with: {command: [a]}, circuit: api, fallback: cache}
      cache: {handler: h}
      each: {handler: h, map: {over: "${{ nodes.order }}"}}
      poll: {handler: h, loop: {until: "${{ last }}"}}
      review: {approval: {title: x}}
      paid: {wait: {signal: paid}}
    """.utf8)

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    do {
      let suite = try TrialSuite.parse(input, file: "cases") { name in (name, workflow) }
      try FuzzFinding.unless(!suite.cases.isEmpty, "accepted without a case")
    } catch let finding as FuzzFinding {
      throw finding
    } catch let refusal as DefinitionProblems {
      let isJSON = input.first { $0 > 0x20 } == UInt8(ascii: "{")
      try DefinitionReading.check(
        refusal, of: input, TextPlaces(input, breaks: isJSON ? .lineFeed : .yaml))
    } catch {
      throw FuzzFinding("refused with \(error)")
    }
  }
}
