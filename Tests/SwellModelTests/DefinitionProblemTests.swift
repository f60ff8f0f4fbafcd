import SwellModel
import Testing

struct DefinitionProblemTests {
  @Test(
    arguments: [
      .init("", "1:1 empty"),
      .init("[]", "1:1 wrong_type"),
      .init("nodes: {a: {handler: h}}", "1:1 missing_key workflow"),
      .init("workflow: w", "1:1 missing_key nodes"),
      .init("workflow: w\nnodes: {}", "2:8 no_nodes nodes"),
      .init("workflow: w\nnodes: [a]", "2:8 wrong_type nodes"),
      .init("workflow: W-1\nnodes: {a: {handler: h}}", "1:11 invalid_name workflow"),
      .init("workflow: 1\nnodes: {a: {handler: h}}", "1:11 wrong_type workflow"),
      .init(
        "workflow: w\nversion: 2\nqueu: q\nnodes: {a: {handler: h}}",
        "2:1 version_not_allowed version", "3:1 unknown_key queu ~queue"),
      .init(
        "workflow: w\nqueue: Ä\ndeadline: 10\nconcurrency: 0\nnodes: {a: {handler: h}}",
        "2:8 invalid_name queue", "3:11 invalid_duration deadline",
        "4:14 out_of_range concurrency"),
      .init(
        "workflow: w\ninput: {}\nconcurrency: 10001\nnodes: {a: {handler: h}}",
        "3:14 out_of_range concurrency"),
      .init(
        "workflow: w\ndefaults: {timeout: 1y, retry: 3, retries: 1}\nnodes: {a: {handler: h}}",
        "2:21 invalid_duration defaults.timeout", "2:32 wrong_type defaults.retry",
        "2:35 unknown_key defaults.retries ~retry"),
      .nodes("A: {handler: h}", "3:3 invalid_id nodes.A"),
      .nodes("a: 1", "3:6 wrong_type nodes.a"),
      .nodes("a: {}", "3:3 missing_role nodes.a"),
    ] as [DefinitionProblemCase])
  func `what is wrong at the top is reported`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
    #expect(wrong.isRefusedByForm)
  }

  @Test(
    arguments: [
      .node("handler: a b", "4:14 invalid_value nodes.a.handler"),
      .node("handler: h\nwith: {}", "5:5 handler_with nodes.a.with"),
      .node("handler: h\nsink: log", "5:5 several_roles nodes.a.sink"),
      .node("sink: lag", "4:11 unknown_kind nodes.a.sink ~log"),
      .node("source: log", "4:13 wrong_role nodes.a.source"),
      .node("sink: [log]", "4:11 wrong_type nodes.a.sink"),
      .node("handler: h\nretires: 1", "5:5 unknown_key nodes.a.retires ~retry"),
      .node(
        "branch: []\nneeds: b", "4:13 wrong_type nodes.a.branch",
        "5:12 unknown_node nodes.a.needs"),
      .node(
        "handler: h\nmap: {}\nthen: [a]", "5:10 missing_key nodes.a.map.over",
        "6:12 self_edge nodes.a.then[0]"),
      .node("handler: h\noptional: yes", "5:15 wrong_type nodes.a.optional"),
      .node("handler: h\ntimeout: 0s", "5:14 invalid_duration nodes.a.timeout"),
      .node("handler: h\ncircuit: ''", "5:14 invalid_value nodes.a.circuit"),
      .node(
        "handler: h\ncircuit: c\nwhenOpen: fail!",
        "6:15 invalid_value nodes.a.whenOpen ~fail"),
      .node("handler: h\nwhenOpen: wait", "5:15 when_open_without_circuit nodes.a.whenOpen"),
      .node(
        "handler: h\ncircuit: c\nwhenOpen: fallback",
        "6:15 when_open_without_fallback nodes.a.whenOpen"),
      .node("handler: h\njoin: any", "5:11 join_without_needs nodes.a.join"),
      .node(
        "handler: h\nretry: {strategy: '${{ input }}'}",
        "5:23 invalid_value nodes.a.retry.strategy",
        "5:23 expression_not_allowed nodes.a.retry.strategy"),
      .node("handler: h\ninput: \"a\\0\"", "5:12 nul_character nodes.a.input"),
      .node("sink: exec", "3:3 missing_key nodes.a.with.command"),
      .node("sink: exec\nwith: {}", "5:11 missing_key nodes.a.with.command"),
      .node("sink: exec\nwith: {command: wc -l}", "5:21 command_not_list nodes.a.with.command"),
      .node("sink: exec\nwith: {command: []}", "5:21 wrong_type nodes.a.with.command"),
      .node("sink: exec\nwith: {command: [wc, 1]}", "5:26 wrong_type nodes.a.with.command[1]"),
      .node("sink: exec\nwith: {command: ['']}", "5:22 invalid_value nodes.a.with.command[0]"),
      .node(
        """
        source: exec
        with:
          comand: [a]
          command: [a]
          environment: {A: 1, "B=": x}
          directory: ''
          result: jsn
          maxOutput: 1MB
        """,
        "6:7 unknown_key nodes.a.with.comand ~command",
        "8:24 wrong_type nodes.a.with.environment.A",
        "8:27 invalid_value nodes.a.with.environment.B=",
        "9:18 invalid_value nodes.a.with.directory",
        "10:15 invalid_value nodes.a.with.result ~json",
        "11:18 invalid_value nodes.a.with.maxOutput"),
      .node(
        "sink: log\nwith: {level: warn, message: 1}",
        "5:19 invalid_value nodes.a.with.level ~warning", "5:34 wrong_type nodes.a.with.message"),
      .node("sink: log\nwith: text", "5:11 wrong_type nodes.a.with"),
    ] as [DefinitionProblemCase])
  func `what is wrong in a node is reported`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
    #expect(wrong.isRefusedByForm)
  }

  @Test(
    arguments: [
      .node("handler: h\nretry: 3", "5:12 wrong_type nodes.a.retry"),
      .node(
        "handler: h\nretry: {strategy: fixd}",
        "5:23 invalid_value nodes.a.retry.strategy ~fixed"),
      .node("handler: h\nretry: {strategy: fixed}", "5:12 missing_key nodes.a.retry"),
      .node("handler: h\nretry: {delay: 1s}", "5:13 retry_key nodes.a.retry.delay"),
      .node(
        "handler: h\nretry: {strategy: none, maxRetries: 1}",
        "5:29 retry_key nodes.a.retry.maxRetries"),
      .node(
        "handler: h\nretry: {strategy: fixed, delay: 1s, multiplier: 2}",
        "5:41 retry_key nodes.a.retry.multiplier"),
      .node("handler: h\nretry: {maxRetries: 1001}", "5:25 out_of_range nodes.a.retry.maxRetries"),
      .node("handler: h\nretry: {maxRetries: -1}", "5:25 out_of_range nodes.a.retry.maxRetries"),
      .node("handler: h\nretry: {maxRetries: 1.5}", "5:25 out_of_range nodes.a.retry.maxRetries"),
      .node("handler: h\nretry: {multiplier: 0.5}", "5:25 out_of_range nodes.a.retry.multiplier"),
      .node("handler: h\nretry: {multiplier: 101}", "5:25 out_of_range nodes.a.retry.multiplier"),
      .node(
        "handler: h\nretry: {baseDelay: 100}",
        "5:24 invalid_duration nodes.a.retry.baseDelay"),
      .node(
        "handler: h\nretry: {baseDelay: 2s, maxDelay: 1s}",
        "5:38 out_of_range nodes.a.retry.maxDelay"),
      .node("handler: h\nretry: {jitter: ful}", "5:21 invalid_value nodes.a.retry.jitter ~full"),
      .node(
        "handler: h\nretry: {retries: 1}", "5:13 unknown_key nodes.a.retry.retries ~maxRetries"),
    ] as [DefinitionProblemCase])
  func `what is wrong in a retry is reported`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
    #expect(wrong.isRefusedByForm)
  }

  @Test(
    arguments: [
      .nodes(
        "a: {handler: h, needs: [b, chrge]}\nb: {handler: h}\ncharge: {handler: h}",
        "3:30 unknown_node nodes.a.needs[1] ~charge"),
      .nodes("a: {handler: h, needs: a}", "3:26 self_need nodes.a.needs"),
      .nodes(
        "a: {handler: h}\nb: {handler: h, needs: [a, a]}",
        "4:30 duplicate_reference nodes.b.needs[1]"),
      .nodes("a: {handler: h}\nb: {handler: h, needs: {a: 1}}", "4:26 wrong_type nodes.b.needs"),
      .nodes("a: {handler: h, needs: b}\nb: {handler: h, needs: a}", "3:26 cycle nodes.a.needs"),
      .nodes(
        "a: {handler: h, needs: [b]}\nb: {handler: h, needs: [c, e]}\nc: {handler: h, needs: [a]}\n"
          + "d: {handler: h, needs: [c]}\ne: {handler: h, needs: [f]}\nf: {handler: h, needs: [e]}",
        "3:27 cycle nodes.a.needs[0]", "7:27 cycle nodes.e.needs[0]"),
      .nodes(
        "a: {handler: h}\nb: {handler: h, needs: a, join: 2}",
        "4:35 join_too_large nodes.b.join"),
      .nodes(
        "a: {handler: h}\nb: {handler: h, needs: a, join: 0}",
        "4:35 invalid_value nodes.b.join"),
      .nodes(
        "a: {handler: h}\nb: {handler: h, needs: a, join: some}",
        "4:35 invalid_value nodes.b.join"),
      .nodes("a: {handler: h, fallback: a}", "3:29 self_fallback nodes.a.fallback"),
      .nodes(
        "a: {handler: h, fallback: b}\nb: {handler: h, fallback: a}\nc: {handler: h}",
        "3:29 fallback_cycle nodes.a.fallback"),
      .nodes(
        "a: {handler: h, fallback: b}\nb: {handler: h}\nc: {handler: h, needs: b}",
        "5:26 fallback_needed nodes.c.needs"),
      .nodes(
        "a: {handler: h, fallback: b}\nb: {handler: h, needs: c}\nc: {handler: h}",
        "3:29 fallback_needs nodes.a.fallback"),
      .nodes(
        "a: {handler: h, fallback: c}\nb: {handler: h, fallback: c}\nc: {handler: h}",
        "4:29 fallback_shared nodes.b.fallback"),
      .nodes("a: {handler: h, fallback: x}", "3:29 unknown_node nodes.a.fallback"),
      .init(
        "workflow: w\nonError: b\nnodes:\n  a: {handler: h, fallback: b}\n  b: {handler: h}",
        "4:29 fallback_on_error nodes.a.fallback"),
      .init(
        "workflow: w\nonError: [b, x]\nnodes:\n  a: {handler: h}\n  b: {handler: h, needs: a}",
        "2:14 unknown_node onError[1]", "5:26 on_error_needs nodes.b.needs"),
      .init(
        "workflow: w\nonError: b\nnodes:\n  a: {handler: h, needs: b}\n  b: {handler: h}",
        "4:26 on_error_needed nodes.a.needs"),
      .init("workflow: w\nonError: a\nnodes:\n  a: {handler: h}", "4:3 no_start nodes"),
      .init("workflow: w\nonError: []\nnodes:\n  a: {handler: h}", "2:10 invalid_value onError"),
      .init(
        "workflow: w\nonError: {sink: log}\nnodes:\n  on_error: {handler: h}",
        "2:10 duplicate_id onError"),
      .init(
        "workflow: w\nonError: {sink: lo}\nnodes:\n  a: {handler: h}",
        "2:17 unknown_kind onError.sink ~log"),
    ] as [DefinitionProblemCase])
  func `what is wrong between nodes is reported`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
    #expect(wrong.isRefusedByForm)
  }

  @Test func `a problem reads like that of a compiler`() {
    do {
      _ = try WorkflowDefinition.parse(
        "workflow: w\nnodes:\n  charge:\n    handler: h\n    retires: 3\n    needs: [b, charge]",
        file: "order.yaml")
      Issue.record("parsed")
    } catch {
      #expect(
        error.description == """
          order.yaml:5:5: unknown key 'retires' in node 'charge'; did you mean 'retry'? [unknown_key]
          order.yaml:6:13: there is no node 'b' [unknown_node]
          order.yaml:6:16: a node cannot need itself [self_need]
          """)
    }
  }

  @Test func `a cycle is named by its path`() {
    do {
      _ = try WorkflowDefinition.parse(
        "workflow: w\nnodes: {c: {handler: h, needs: a}, b: {handler: h, needs: c}, "
          + "a: {handler: h, needs: b}}")
      Issue.record("parsed")
    } catch {
      #expect(error.problems.map(\.message) == ["nodes need each other: a → b → c → a"])
    }
  }

  @Test func `a ring of ten thousand nodes is one problem, said briefly`() {
    let nodes = (0..<10_000).map {
      "\"n\($0)\":{\"handler\":\"h\",\"needs\":\"n\(($0 + 1) % 10_000)\"}"
    }
    do {
      _ = try WorkflowDefinition.parse(
        "{\"workflow\":\"w\",\"nodes\":{\(nodes.joined(separator: ","))}}")
      Issue.record("parsed")
    } catch {
      #expect(error.problems.count == 1 && error.description.utf8.count < 500, "\(error)")
    }
  }

  @Test(arguments: [
    ("a: é\u{7}", 1, 5), ("é: 😀\r\nü: \u{1}", 2, 4), ("a\rb\u{2028}e\u{301}\u{1F}", 3, 3),
  ])
  func `a control character has its place, also behind letters beyond ASCII`(
    text: String, line: Int, column: Int
  ) {
    let error = #expect(throws: DefinitionProblems.self) {
      try WorkflowDefinition.parse(text, format: .yaml)
    }
    #expect(error?.problems.first?.place == SourcePlace(line: line, column: column))
    #expect(error?.problems.first?.message.contains("control characters") == true)
  }

  @Test func `problems that are reached through an alias are in the order of the text too`() {
    let error = #expect(throws: DefinitionProblems.self) {
      try WorkflowDefinition.parse(
        "a: &a [x]\nb: &b\n  ? [y]\n  : 1\nc: !int 2\nd: *b", format: .yaml)
    }
    let places = error?.problems.map(\.place) ?? []
    #expect(places.count >= 3 && places == places.sorted())
  }
}
