import SwellTesting
import Testing

/// What expressions give for the settings of `exec` is passed on whole, or refused: an argument that is left out
/// would give its place to the next.
@Suite struct ExecSettingTests {
  @Test(arguments: [
    (
      #"["${{ input.n }}", "${{ input.d }}", "${{ input.w }}", "${{ input.f }}", "", "${{ input.s }}"]"#,
      "{}",
      "7|2.5|9|true||a b|"
    ),
    ("[a]", #"{V: "${{ input.n }}", W: "${{ input.f }}"}"#, "a|V=7|W=true|"),
    (#"["${{ input.none }}"]"#, "{}", "invalid_setting command[4]"),
    (#"["${{ input.list }}", x]"#, "{}", "invalid_setting command[4]"),
    ("[a]", #"{V: "${{ input.none }}"}"#, "invalid_setting environment.V"),
    (#"["${{ input.gone }}"]"#, "{}", "expression_no_such_key "),
  ])
  func `numbers are texts, and null is not left out`(
    arguments: String, variables: String, expected: String
  ) async throws {
    let stage = try await Stage()
    let script =
      #"for a in "$@"; do printf "%s|" "$a"; done; env | sort | grep -E "^[VW]=" | tr "\\n" "|"; true"#
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a:
          source: exec
          retry: none
          with:
            command: [sh, -c, '\(script)', sh, \(arguments.dropFirst().dropLast())]
            environment: \(variables)
            result: text
      """)
    let worker = try WorkerProcess(
      "swell", arguments: ["worker", "--allow-exec", "sh"],
      environment: ["DATABASE_URL": stage.database.url])
    let run = try await stage.enqueue(
      "w",
      input: #"{"n": 7, "d": 2.5, "w": 9.0, "f": true, "s": "a b", "none": null, "list": [1]}"#)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    let output = try await stage.node(run, "a", "output #>> '{}'")
    let code = try await stage.node(run, "a", "error ->> 'code'") ?? ""
    let message = try await stage.node(run, "a", "error ->> 'message'") ?? ""
    let place = message.firstMatch(of: /(command\[\d\]|environment\.V) must be/)?.1 ?? ""
    #expect((output ?? "\(code) \(place)") == expected, "\(message)")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a whole command from an expression must be a list`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {source: exec, retry: none, with: {command: "${{ input.command }}"}}
      """)
    let worker = try WorkerProcess(
      "swell", arguments: ["worker", "--allow-exec", "*"],
      environment: ["DATABASE_URL": stage.database.url])
    for (command, expected) in [
      (#"["echo", 7]"#, nil), ("[]", "invalid_setting"), (#""echo 7""#, "invalid_setting"),
      ("null", "invalid_setting"),
    ] {
      let run = try await stage.enqueue("w", input: #"{"command": \#(command)}"#)[0]
      #expect(try await stage.allEnded(), "\(worker.log)")
      #expect(try await stage.run(run, "error ->> 'code'") == expected, "\(command)")
    }
    #expect(try await stage.end([worker]) == [])
  }
}
