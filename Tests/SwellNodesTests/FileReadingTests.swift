import SwellModel
import Testing

/// What files hold, and what a node that reads them gives.
@Suite struct FileReadingTests {
  @Test(arguments: [
    ("a.json", #"{"b": [1.50, "é"]}"#, "", #"{"b": [1.50, "é"]}"#),
    ("a.json", "\u{FEFF}[1]", "", "[1]"),
    ("a.jsonl", "{\"a\": 1}\r\n\n[2]\n", "", "[{\"a\": 1}\r,[2]]"),
    ("a.ndjson", "", "", "[]"),
    ("a.txt", "a\"b\n", "", #""a\"b\n""#),
    ("a", "", "", #""""#),
    ("a.swift", "x", #", "format": "lines""#, #"["x"]"#),
    ("a.txt", "one\r\n\ntwo\n", #", "format": "lines""#, #"["one","","two"]"#),
    ("a.txt", "one\ntwo", #", "format": "lines""#, #"["one","two"]"#),
    ("a.txt", "", #", "format": "lines""#, "[]"),
    ("A.CSV", "a,b\n1,x\n", "", #"[{"a":"1","b":"x"}]"#),
    ("a.tsv", "a\tb\n1\tx", "", #"[{"a":"1","b":"x"}]"#),
    (
      "a.csv", "a;b\r\n\"1;\"\"2\n3\";\"\"\r\n", #", "delimiter": ";""#,
      #"[{"a":"1;\"2\n3","b":""}]"#
    ),
    ("a.csv", "1,2\n\n3\n", #", "header": false"#, #"[["1","2"],["3"]]"#),
    ("a.csv", "1,2\n", #", "header": false, "columns": ["x", "y"]"#, #"[{"x":"1","y":"2"}]"#),
    ("a.csv", "a,b,c\n1,2,3\n", #", "columns": ["c", "a"]"#, #"[{"c":"3","a":"1"}]"#),
    ("a.csv", "a,b\n", "", "[]"), ("a.csv", "", "", "[]"),
    ("a.csv", "a\n\"\"\n", "", #"[{"a":""}]"#),
    ("a.csv", "a\rb,c\n", #", "header": false"#, #"[["a\rb","c"]]"#),
  ])
  func `a file is read as its format has it`(
    name: String, text: String, more: String, output: String
  ) async throws {
    let folder = try ScratchFolder()
    try folder.put(text, name)
    let read = try await folder.run(.source, "{\"path\": \"\(name)\"\(more)}")
    #expect(read == output)
    #expect(throws: Never.self) { try PayloadScan.check(Payload(json: read)) }
  }

  @Test(
    arguments: [
      ("a.json", Array("{} {}".utf8), "", "serialization file_not_json"),
      ("a.json", Array("".utf8), "", "serialization file_not_json"),
      ("a.json", Array(#""\u0000""#.utf8), "", "serialization file_not_json"),
      ("a.ndjson", Array("1\n2 3\n".utf8), "", "serialization file_not_json"),
      ("a.txt", [0x61, 0xFF], "", "serialization not_utf8"),
      ("a.csv", [0x61, 0xFF], "", "serialization not_utf8"),
      ("a.txt", [0x61, 0], "", "serialization nul_character"),
      ("a.csv", [0x61, 0], "", "serialization nul_character"),
      ("a.csv", Array("a,b\n1\n".utf8), "", "serialization csv_columns"),
      ("a.csv", Array("a\n1\n".utf8), #", "columns": ["b"]"#, "serialization csv_columns"),
      ("a.csv", Array("a,a\n1,2\n".utf8), "", "serialization csv_header"),
      ("a.csv", Array("a,\n1,2\n".utf8), "", "serialization csv_header"),
      ("a.csv", Array("a\nx\"y\n".utf8), "", "serialization csv_quote"),
      ("a.csv", Array("a\n\"x\"y\n".utf8), "", "serialization csv_quote"),
      ("a.csv", Array("a\n\"x\ny\n".utf8), "", "serialization csv_quote"),
      ("a.txt", Array("0123456789".utf8), #", "maxBytes": 9"#, "tooLarge file_too_large"),
      ("a.txt", Array("0123456789".utf8), #", "maxBytes": "10B""#, #"gave "0123456789""#),
    ] as [(String, [UInt8], String, String)])
  func `what a file does not hold is an error with a code`(
    name: String, bytes: [UInt8], more: String, failure: String
  ) async throws {
    let folder = try ScratchFolder()
    try folder.put(bytes, name)
    #expect(await folder.failure(.source, "{\"path\": \"\(name)\"\(more)}") == failure)
  }

  @Test func `a wrong line is named`() async throws {
    let folder = try ScratchFolder()
    try folder.put("a,b\n\"1\n2\",x\n3\n", "a.csv")
    let error = await #expect(throws: NodeError.self) {
      try await folder.run(.source, #"{"path": "a.csv"}"#)
    }
    #expect(error?.message == "line 4 has 1 cells, and there are 2 columns")
    #expect(error?.context.operation == "read a.csv")
  }

  @Test(arguments: [
    (#"{"path": 3}"#, "validation invalid_setting"),
    (#"{"path": ""}"#, "validation invalid_setting"),
    (#"{}"#, "validation invalid_setting"),
    (#"{"path": "a.csv", "delimiter": ";;"}"#, "validation invalid_setting"),
    (#"{"path": "a", "format": "xml"}"#, "validation invalid_setting"),
    (#"{"path": "a", "format": "${{"}"#, "validation invalid_setting"),
    (#"{"path": "a/../../b"}"#, "validation path_outside_root"),
    (#"{"list": ".", "pattern": "a/*"}"#, "validation invalid_pattern"),
    (#"{"list": ".", "pattern": "[a"}"#, "validation invalid_pattern"),
    (#"{"path": "${{/../x"}"#, "validation path_outside_root"),
  ])
  func `settings that expressions gave are checked like those that were written`(
    with: String, failure: String
  ) async throws {
    #expect(try await ScratchFolder().failure(.source, with) == failure)
  }
}
