// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "chargepi",
  targets: [
    .target(name: "ChargePiES"),
    .systemLibrary(
      name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CWebSockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
    .systemLibrary(name: "CSystem"),
    .target(name: "Journal", dependencies: ["ChargePiES", "CLMDB", "CCrypto"]),
    .target(name: "Projections", dependencies: ["ChargePiES", "CJansson"]),
    .target(name: "Drivers", dependencies: ["ChargePiES"]),
    .target(name: "Link", dependencies: ["CWebSockets"]),
    .executableTarget(
      name: "chargepi",
      dependencies: ["ChargePiES", "CSystem", "Drivers", "Journal", "Link", "Projections"]),
    .executableTarget(
      name: "chargepi-replay", dependencies: ["ChargePiES", "Journal", "Projections"]),
    .testTarget(name: "EventTests", dependencies: ["ChargePiES"]),
  ],
  swiftLanguageModes: [.v6]
)
