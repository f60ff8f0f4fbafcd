import SwellModel
import Testing

@Suite struct WebAddressTests {
  @Test(arguments: [
    ("http://a", "http", "a", 80, "/"), ("https://a.b/", "https", "a.b", 443, "/"),
    ("HTTPS://Orders.Internal:8443/X?y=Z", "https", "orders.internal", 8443, "/X?y=Z"),
    ("http://a:80/b", "http", "a", 80, "/b"), ("http://a:/b", "http", "a", 80, "/b"),
    ("http://a?x=1", "http", "a", 80, "/?x=1"), ("http://a#f", "http", "a", 80, "/"),
    ("http://a/b#f?g", "http", "a", 80, "/b"), ("http://a./", "http", "a", 80, "/"),
    ("http://[::1]:9/x", "http", "[::1]", 9, "/x"),
    ("http://[FE80::A]/", "http", "[fe80::a]", 80, "/"),
    ("http://10.0.0.1:1/", "http", "10.0.0.1", 1, "/"),
    ("http://my_service/", "http", "my_service", 80, "/"),
    ("http://a/ü b", "http", "a", 80, "/%C3%BC%20b"),
    ("http://a/%2F%zz%", "http", "a", 80, "/%2F%25zz%25"),
    ("http://a//b/../c;d=1", "http", "a", 80, "//b/../c;d=1"),
    ("http://a/[x]{y}|\\^`<>\"", "http", "a", 80, "/%5Bx%5D%7By%7D%7C%5C%5E%60%3C%3E%22"),
    ("http://a/?q=http://b/@c:d", "http", "a", 80, "/?q=http://b/@c:d"),
  ])
  func `an address has its parts`(
    text: String, scheme: String, host: String, port: Int, target: String
  ) throws {
    let address = try WebAddress(text)
    #expect(address.scheme.rawValue == scheme)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.target == target)
    #expect(try WebAddress(address.text) == address)
  }

  @Test(arguments: [
    "", "a", "/a", "//a/b", "http:a", "http:/a", "http:///b", "http://", "http://:80/", "ftp://a/",
    "httpx://a/", " http://a/", "http://a b/", "http://a\\@b/", "http://u@a/", "http://u:p@a/",
    "http://a@b@c/", "http://[::1", "http://[]/", "http://[a]/", "http://[::1]x/",
    "http://[::1%25eth0]/",
    "http://a:0/", "http://a:65536/", "http://a:8o/", "http://a:-1/", "http://a:80:80/",
    "http://ü.de/",
    "http://a%2eb/", "http://.a/", "http://a..b/", "http://a../", "http://./", "http://a\n/",
    "http://a\u{0}/",
    "http://a,b/", "http://a/\u{0}".replacing("/\u{0}", with: "\u{0}"),
    "http://" + String(repeating: "a", count: 254) + "/",
  ])
  func `what is written oddly is no address`(_ text: String) {
    #expect(throws: WebAddress.Problem.self) { try WebAddress(text) }
  }

  @Test func `an origin is scheme, host and port`() throws {
    let origins = try [
      "https://a/x", "HTTPS://A:443/y", "https://a:444/", "http://a/", "https://b/",
    ]
    .map { try WebAddress($0).origin }
    #expect(origins[0] == origins[1])
    #expect(Set(origins).count == 4)
    #expect(try WebAddress("https://a:443/").authority == "a")
    #expect(try WebAddress("https://a:80/").authority == "a:80")
    #expect(try WebAddress("http://[::1]:80/").bareHost == "::1")
  }

  @Test func `text is encoded for any place of an address`() {
    #expect(PercentEncoding.encoded("aZ9-._~") == "aZ9-._~")
    #expect(PercentEncoding.encoded("a b/ü&=+") == "a%20b%2F%C3%BC%26%3D%2B")
    #expect(PercentEncoding.encoded("a b", space: "+") == "a+b")
  }

  @Test(arguments: [
    ("200", [200], [201]), (#""2xx""#, [200, 299], [300, 199]),
    (#"["2XX", 404]"#, [204, 404], [405]),
    (#"["404", 500]"#, [404, 500], [200]),
  ])
  func `expected statuses are those that are named`(json: String, inside: [Int], outside: [Int])
    throws
  {
    let statuses = try #require(ExpectedStatuses(try JSONValue.parse(Payload(json: json))))
    #expect(inside.allSatisfy(statuses.contains))
    #expect(!outside.contains(where: statuses.contains))
  }

  @Test(arguments: [
    "[]", "99", "600", #""6xx""#, #""2x""#, #""ok""#, "null", "{}", "[200, null]", "200.5",
  ])
  func `what is no status is not expected`(json: String) throws {
    #expect(ExpectedStatuses(try JSONValue.parse(Payload(json: json))) == nil)
  }
}
