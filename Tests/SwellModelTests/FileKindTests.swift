import SwellModel
import Testing

/// What a definition may say of a file.
@Suite struct FileKindTests {
  @Test(
    arguments: [
      .node("source: file", "3:3 missing_key nodes.a.with.path"),
      .node("sink: file\nwith: {}", "5:11 missing_key nodes.a.with.path"),
      .node("transform: file\nwith: {path: a}", "4:16 wrong_role nodes.a.transform"),
      .node(
        "source: file\nwith: {path: a, list: b}", "5:21 misplaced_setting nodes.a.with.list"),
      .node("source: file\nwith: {path: ''}", "5:18 invalid_value nodes.a.with.path"),
      .node("source: file\nwith: {path: [a]}", "5:18 wrong_type nodes.a.with.path"),
      .node("source: file\nwith: {path: /a}", "5:18 path_outside_root nodes.a.with.path"),
      .node("source: file\nwith: {path: a/../b}", "5:18 path_outside_root nodes.a.with.path"),
      .node("source: file\nwith: {list: ../b}", "5:18 path_outside_root nodes.a.with.list"),
      .node("sink: file\nwith: {path: a/}", "5:18 invalid_path nodes.a.with.path"),
      .node("sink: file\nwith: {path: .}", "5:18 invalid_path nodes.a.with.path"),
      .node(
        "source: file\nwith: {list: ., recursive: 1, maxFiles: 0, pattern: [], paths: 1}",
        "5:32 wrong_type nodes.a.with.recursive", "5:45 out_of_range nodes.a.with.maxFiles",
        "5:57 wrong_type nodes.a.with.pattern", "5:61 unknown_key nodes.a.with.paths ~path"),
      .node(
        "source: file\nwith: {list: ., format: csv, header: true}",
        "5:21 misplaced_setting nodes.a.with.format",
        "5:34 misplaced_setting nodes.a.with.header"),
      .node(
        "source: file\nwith: {path: a, recursive: true}",
        "5:21 misplaced_setting nodes.a.with.recursive"),
      .node(
        "source: file\nwith: {path: a.csv, mode: replace, maxBytes: 1MB}",
        "5:25 misplaced_setting nodes.a.with.mode", "5:50 invalid_value nodes.a.with.maxBytes"),
      .node(
        "sink: file\nwith: {path: a.csv, list: b, maxBytes: 1MiB}",
        "5:25 misplaced_setting nodes.a.with.list",
        "5:34 misplaced_setting nodes.a.with.maxBytes"),
      .node(
        "sink: file\nwith: {path: a.json, mode: append}",
        "5:32 misplaced_setting nodes.a.with.mode"),
      .node(
        "sink: file\nwith: {path: a, mode: apend}", "5:27 invalid_value nodes.a.with.mode ~append"),
      .node(
        "sink: file\nwith: {path: a, format: jsn}", "5:29 invalid_value nodes.a.with.format ~json"),
      .node(
        "sink: file\nwith: {path: a.json, header: false}",
        "5:26 misplaced_setting nodes.a.with.header"),
      .node(
        "sink: file\nwith: {path: a.csv, delimiter: ';;', columns: [a, 1]}",
        "5:36 invalid_value nodes.a.with.delimiter", "5:55 wrong_type nodes.a.with.columns[1]"),
    ] as [DefinitionProblemCase])
  func `a wrong setting is reported where it is`(wrong: DefinitionProblemCase) {
    #expect(wrong.found == wrong.expected)
    #expect(wrong.isRefusedByForm)
  }

  @Test(arguments: [
    "source: file, with: {path: a/b.csv, delimiter: ';', columns: [x], maxBytes: 2MiB}",
    "source: file, with: {list: ., pattern: ['*.a', '*.b'], recursive: true, hidden: false, maxFiles: 7}",
    "source: file, with: {list: \"${{ input.folder }}\"}",
    "source: file, with: {path: \"${{ input.path }}\", header: false}",
    "sink: file, with: {path: \"a/${{ run.id }}.ndjson\", mode: append}",
    "sink: file, with: {path: \"${{ input.path }}\", format: lines, mode: append}",
    "sink: file, with: {path: a, format: \"${{ input.format }}\", header: \"${{ input.header }}\"}",
  ])
  func `right settings are no problem`(node: String) throws {
    let workflow = try WorkflowDefinition.parse("workflow: w\nnodes:\n  a: {\(node)}").workflow
    #expect(workflow.kinds == ["file"])
  }

  @Test(arguments: [
    ("a.json", FileFormat.json), ("a.JSONL", .ndjson), ("a.csv", .csv), ("x/a.tsv", .csv),
    ("a.md", .text), ("json", .text), ("a.csv.bak", .text),
  ])
  func `the name of a file says its format`(path: String, format: FileFormat) {
    #expect(FileFormat(path: path) == format)
  }
}
