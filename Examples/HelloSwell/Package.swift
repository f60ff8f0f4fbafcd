// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "HelloSwell",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "swell", path: "../..")],
  targets: [
    .executableTarget(
      name: "HelloSwell", dependencies: [.product(name: "Swell", package: "swell")],
      resources: [.embedInCode("hello.yaml")])
  ]
)
