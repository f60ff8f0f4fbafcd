import Foundation
import SwellModel
import Testing

@Suite struct RedactorTests {
  static let secret = "Kanari-vogel/+?&ü=%42"

  @Test(arguments: [
    "a Kanari-vogel/+?&ü=%42 b", "Kanari%2Dvogel%2F%2B%3F%26%C3%BC%3D%2542",
    "Kanari-vogel%2f%2b%3f%26%c3%bc%3d%2542",
    "S2FuYXJpLXZvZ2VsLys/JsO8PSU0Mg==", "dXNlcjpLYW5hcmktdm9nZWwvKz8mw7w9JTQy",
    "S2FuYXJpLXZvZ2VsLys_JsO8PSU0Mg", #"{"a": "Kanari-vogel\/+?&ü=%42""#,
    #""Kanari-vogel/+?&\u00fc=%42""#, #""Kanari-vogel\/+?&\u00FC=%42""#,
  ])
  func `a secret is found as it is, percent-encoded and in base64`(text: String) {
    let clean = Redactor([Self.secret]).redacting(text)
    #expect(clean.contains("***"))
    #expect(!clean.contains("vogel"))
    #expect(!clean.contains("Zvd"))
  }

  @Test func `JSON stays JSON, whatever is taken out of it`() throws {
    let redactor = Redactor(["4711", "a\"b\\c", "line\nend"])
    for (json, clean) in [
      (#"{"pin": 4711, "more": [14711, "x4711y"]}"#, #"{"pin": "***", "more": ["***", "x***y"]}"#),
      (#"{"4711": null}"#, #"{"***": null}"#), (#""a\"b\\c""#, #""***""#),
      (#""\u0061\u0022b\\c and line\nend""#, #""*** and ***""#),
      ("[1, 2.5, true]", "[1, 2.5, true]"),
      (#""\\4711""#, #""\\***""#),
    ] {
      #expect(redactor.redacting(Payload(json: json)).text == clean)
    }
  }

  @Test func `without secrets nothing changes`() {
    let payload = Payload(json: #"{"a": "***"}"#)
    #expect(Redactor([]).redacting(payload) == payload)
    #expect(Redactor([""]).isEmpty)
  }
}
