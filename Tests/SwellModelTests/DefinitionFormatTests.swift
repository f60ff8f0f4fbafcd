import SwellModel
import Testing

struct DefinitionFormatTests {
  @Test(
    arguments: [
      .init("workflow: w\nnodes:\n\ta: 1", "3:1 invalid_yaml"),
      .init("workflow: [w", "2:1 invalid_yaml"),
      .init("workflow: a: b", "1:12 invalid_yaml"),
      .init("workflow: w\nnodes:\n  a: {handler: h}\n  b: {handler: h}\n  a: {handler: h}",
        "5:3 duplicate_key"),
      .init("workflow: w\nworkflow: w", "2:1 duplicate_key"),
      .init("workflow: w\n---\nworkflow: w", "2:1 multiple_documents"),
      .init("workflow: *a", "1:11 invalid_yaml"),
      .init("a: &a {b: 1}\nc:\n  <<: *a", "3:3 merge_key c.<<"),
      .init("a: !!int 1", "1:4 yaml_tag a"),
      .init("a: !secret x", "1:4 yaml_tag a"),
      .init("a: [.inf, 1e999, 99999999999999999999e999]", "1:5 number_range a[0]",
        "1:11 number_range a[1]", "1:18 number_range a[2]"),
      .init("? [a]\n: b", "1:3 invalid_key"),
      .init("{\"workflow\": \"w\",\n \"workflow\": \"w\"}", "2:2 duplicate_key"),
      .init("{\"workflow\": \"w\",\n \"nodes\": }", "2:11 invalid_json"),
      .init("{\"a\": 1e999}", "1:7 number_range"),
      .init("{\"a\": \"\\u0000\"}", "1:8 invalid_json"),
    ] as [DefinitionProblemCase])
  func `a broken text has its place`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
  }

  @Test func `expressions that break the YAML get the advice to quote them`() {
    do {
      _ = try WorkflowDefinition.parse("workflow: w\ninput: ${{ a ? {'b': 1} }}: c")
      Issue.record("parsed")
    } catch {
      #expect(error.description.contains("quotes"), "\(error)")
    }
  }

  @Test func `YAML plain scalars follow the core schema`() throws {
    let definition = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        a:
          handler: h
          input: [on, no, yes, 1:30, 2024-01-02, 1_000, ~, null, , True, false, 12, +1, -0, 0x1F,
            0o17, 010, 0b1, 1.5, .5, 5., 1e3, 1.0e-7, "1", '1', !!str 1, 1e, ., -, <<, =]
      """.replacing("null, ,", with: "null,"))
    #expect(
      definition.workflow.nodes[0].input?.text
        == #"["on","no","yes","1:30","2024-01-02","1_000",null,null,true,false,12,1,0,31,15,10,"0b1",1.5,0.5,5,1000,1e-07,"1","1","1","1e",".","-","<<","="]"#
    )
  }

  static let yaml = """
    # An order
    workflow: order_fulfilment
    queue: orders-eu.1
    deadline: 1h
    concurrency: 10
    defaults: {timeout: 10s, retry: {maxRetries: 5, multiplier: 2.0, jitter: full}}
    nodes:
      wait_for: &limits
        source: exec
        with: {command: [cat, "a b"], environment: {A: "1"}, maxOutput: 1MiB, result: text}
        timeout: 1m30s
      a:
        handler: charge.Card
        input: {z: 1.0, y: [1, 2.50, "é\\u2028"], aa: null}
        needs: [wait_for, zz]
        join: 1
        optional: true
        retry: {strategy: fixed, delay: 1s, maxRetries: 0}
        circuit: api
        whenOpen: fallback
        fallback: b
      b: {transform: log, with: {message: hi, level: debug}, retry: none}
      zz: *limits
    onError:
      sink: log
      with: {message: failed}
    """

  static let json = """
    {"onError": {"sink": "log", "with": {"message": "failed"}},
     "nodes": {
       "zz": {"timeout": "1m30s", "source": "exec", "with": {"result": "text",
         "command": ["cat", "a b"], "environment": {"A": "1"}, "maxOutput": "1MiB"}},
       "b": {"transform": "log", "with": {"level": "debug", "message": "hi"}, "retry": "none"},
       "a": {"fallback": "b", "whenOpen": "fallback", "circuit": "api", "join": 1,
         "retry": {"strategy": "fixed", "delay": "1s", "maxRetries": 0}, "optional": true,
         "needs": ["wait_for", "zz"], "input": {"aa": null, "z": 1, "y": [1.0, 2.5, "é\\u2028"]},
         "handler": "charge.Card"},
       "wait_for": {"source": "exec", "with": {"command": ["cat", "a b"],
         "environment": {"A": "1"}, "maxOutput": "1MiB", "result": "text"}, "timeout": "1m30s"}},
     "defaults": {"retry": {"multiplier": 2, "maxRetries": 5, "jitter": "full"}, "timeout": "10s"},
     "deadline": "1h", "concurrency": 1e1, "queue": "orders-eu.1", "workflow": "order_fulfilment"}
    """

  @Test func `YAML, JSON and what was stored are the same workflow`() throws {
    let yaml = try WorkflowDefinition.parse(Self.yaml)
    let json = try WorkflowDefinition.parse(Self.json)
    #expect(yaml == json)
    #expect(try WorkflowDefinition(stored: yaml.json) == yaml)
    // The way PostgreSQL prints jsonb.
    let spaced = yaml.json.text.replacing(",\"", with: ", \"").replacing("\":", with: "\": ")
    #expect(try WorkflowDefinition(stored: Payload(json: spaced)) == yaml)
    try PayloadScan.check(yaml.json)
  }

  @Test func `a whole workflow is read as it was meant`() throws {
    let workflow = try WorkflowDefinition.parse(Self.yaml).workflow
    var expected = Workflow(
      name: "order_fulfilment", queue: "orders-eu.1", deadline: .seconds(3600), concurrency: 10,
      retry: .exponential(maxRetries: 5, jitter: .full), timeout: .seconds(10), nodes: [])
    let exec = Payload(
      json: #"{"result":"text","command":["cat","a b"],"maxOutput":"1MiB","environment":{"A":"1"}}"#)
    expected.nodes = [
      Node(
        id: "a", role: .handler, kind: "handler:charge.Card",
        input: Payload(json: "{\"y\":[1,2.5,\"é\u{2028}\"],\"z\":1,\"aa\":null}"), needs: [3, 4],
        join: .atLeast(1), optional: true, retry: .fixed(delay: .seconds(1), maxRetries: 0),
        fallback: 1, circuit: "api", whenOpen: .fallback),
      Node(
        id: "b", role: .transform, kind: "log",
        with: Payload(json: #"{"level":"debug","message":"hi"}"#), retry: RetryPolicy.none),
      Node(
        id: "on_error", role: .sink, kind: "log", with: Payload(json: #"{"message":"failed"}"#)),
      Node(id: "wait_for", role: .source, kind: "exec", with: exec, timeout: .seconds(90)),
      Node(id: "zz", role: .source, kind: "exec", with: exec, timeout: .seconds(90)),
    ]
    expected.onError = [2]
    #expect(workflow == expected)
    #expect(workflow.kinds == ["exec", "handler:charge.Card", "log"])
    #expect(workflow.firstKinds == ["exec"])
    let graph = WorkflowGraph(workflow)
    #expect(graph.dependents == [[], [], [], [0], [0]])
    #expect(graph.roots == [3, 4])
    #expect(graph.leaves == [0])
    #expect(graph.primary == [nil, 0, nil, nil, nil])
    #expect(graph.isFallback == [false, true, false, false, false])
    #expect(graph.isErrorHandler == [false, false, true, false, false])
  }

  @Test func `the shortest workflow has the defaults`() throws {
    let definition = try WorkflowDefinition.parse("{workflow: w, nodes: {a: {handler: h}}}", format: .yaml)
    #expect(
      definition.workflow == Workflow(
        name: "w", nodes: [Node(id: "a", role: .handler, kind: "handler:h")]))
    #expect(definition.json.text == #"{"nodes":{"a":{"handler":"h"}},"workflow":"w"}"#)
  }

  @Test func `error handlers may need each other`() throws {
    let workflow = try WorkflowDefinition.parse(
      "workflow: w\nonError: [c, b]\nnodes:\n  a: {handler: h}\n  b: {handler: h, needs: c}\n"
        + "  c: {handler: h, needs: [], fallback: d}\n  d: {handler: h}"
    ).workflow
    #expect(workflow.onError == [2, 1])
    #expect(WorkflowGraph(workflow).roots == [0])
  }

  @Test func `the application's own kinds are known, and any stored one`() throws {
    let kinds = KindCatalog.standard.adding(
      "http",
      KindCatalog.Kind(roles: [.source]) { with in
        with["url"] == nil
          ? [DefinitionProblem("missing_key", "http needs 'url'", path: "url", at: with.place)] : []
      })
    let text = "workflow: w\nnodes:\n  a:\n    source: http\n    with: {url: x}"
    let definition = try WorkflowDefinition.parse(text, kinds: kinds)
    #expect(try WorkflowDefinition(stored: definition.json) == definition)
    #expect(throws: DefinitionProblems.self) { try WorkflowDefinition.parse(text) }
    do {
      _ = try WorkflowDefinition.parse(text.replacing("url", with: "uri"), kinds: kinds)
      Issue.record("parsed")
    } catch {
      #expect(error.problems.map(\.path) == ["nodes.a.with.url"])
    }
  }

  @Test func `the format follows the name of the file, then the text`() throws {
    let json = #"{"workflow":"w","nodes":{"a":{"handler":"h"}}}"#
    for file in [nil, "a.json", "a.yaml", "a.yml", "a"] {
      #expect(try WorkflowDefinition.parse(json, file: file).name == "w")
    }
    #expect(throws: DefinitionProblems.self) {
      try WorkflowDefinition.parse("workflow: w\nnodes: {a: {handler: h}}", format: .json)
    }
  }
}
