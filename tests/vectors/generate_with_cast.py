#!/usr/bin/env python3
"""Writes the vectors of eip155, eip1559, eip55, keccak and rlp with Foundry's `cast`, offline.

Usage: generate_with_cast.py CAST_BINARY [VECTORS_DIR]
The inputs are fixed here or come from a seeded generator, so two runs give the same files.
"""

import json
import pathlib
import random
import subprocess
import sys

U64 = 2**64 - 1
U256 = 2**256 - 1
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GWEI = 10**9

CAST = sys.argv[1]
VECTORS = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent)
RANDOM = random.Random("chela vectors 1")


def cast(*arguments):
    run = subprocess.run([CAST, *map(str, arguments)], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def random_hex(count):
    return "0x" + RANDOM.randbytes(count).hex()


def random_key():
    return f"0x{RANDOM.randrange(1, ORDER):064x}"


def fields(name, **changed):
    base = {
        "name": name,
        "private_key": random_key(),
        "chain_id": 1,
        "nonce": RANDOM.randrange(1000),
        "gas_limit": 21000,
        "to": random_hex(20),
        "value": RANDOM.randrange(10**19),
        "data": "0x",
    }
    return base | changed


def legacy(name, **changed):
    return fields(name, gas_price=RANDOM.randrange(1, 100 * GWEI)) | changed


def eip1559(name, **changed):
    tip = RANDOM.randrange(3 * GWEI)
    base = {"max_priority_fee_per_gas": tip, "max_fee_per_gas": tip + RANDOM.randrange(90 * GWEI),
            "access_list": []}
    return fields(name, **base) | changed


def mktx_arguments(case):
    options = ["--nonce", case["nonce"], "--chain", case["chain_id"], "--gas-limit", case["gas_limit"],
               "--value", case["value"]]
    if "gas_price" in case:
        options += ["--legacy", "--gas-price", case["gas_price"]]
    else:
        options += ["--gas-price", case["max_fee_per_gas"],
                    "--priority-gas-price", case["max_priority_fee_per_gas"]]
        if case["access_list"]:
            listed = [{"address": entry["address"], "storageKeys": entry["storage_keys"]}
                      for entry in case["access_list"]]
            options += ["--access-list", json.dumps(listed)]
    if case["to"] is None:
        return [*options, "--create", case["data"]]
    call = [case["to"]] if case["data"] == "0x" else [case["to"], case["data"]]
    return [*options, *call]


def completed(case):
    """Adds what cast says: sender, unsigned and signed bytes, transaction hash. Numbers become decimal text."""
    sender = cast("wallet", "address", "--private-key", case["private_key"])
    arguments = mktx_arguments(case)
    signed = cast("mktx", "--private-key", case["private_key"], *arguments)
    out = {key: str(value) if isinstance(value, int) else value for key, value in case.items()}
    return out | {
        "sender": sender,
        "unsigned": cast("mktx", "--raw-unsigned", "--from", sender, *arguments),
        "signed": signed,
        "hash": cast("keccak", signed),
    }


def legacy_cases():
    return [
        legacy("plain transfer"),
        legacy("every small field zero", nonce=0, gas_price=0, gas_limit=0, value=0, to="0x" + "00" * 20),
        legacy("sepolia", chain_id=11155111),
        legacy("base", chain_id=8453),
        legacy("polygon", chain_id=137),
        legacy("v of exactly two bytes", chain_id=111),
        legacy("chain id over 32 bits", chain_id=9007199254740993),
        legacy("largest nonce and gas limit", nonce=U64 - 1, gas_limit=U64),
        legacy("largest value", value=U256),
        legacy("largest gas price cast takes", gas_price=2**128 - 1),
        legacy("one byte of data below 0x80", data="0x7f", gas_limit=30000),
        legacy("one byte of data from 0x80", data="0x80", gas_limit=30000),
        legacy("data of 55 bytes", data=random_hex(55), gas_limit=90000),
        legacy("data of 56 bytes", data=random_hex(56), gas_limit=90000),
        legacy("data of 300 bytes", data=random_hex(300), gas_limit=200000),
        legacy("contract creation", to=None, data=random_hex(64), value=0, gas_limit=500000),
        legacy("nonce at 128", nonce=128),
        *[legacy(f"random {i}", chain_id=RANDOM.randrange(1, 2**32), nonce=RANDOM.randrange(U64),
                 value=RANDOM.randrange(U256), data=random_hex(RANDOM.randrange(200))) for i in range(8)],
    ]


def access_list(entries, keys):
    return [{"address": random_hex(20), "storage_keys": [random_hex(32) for _ in range(keys)]}
            for _ in range(entries)]


def eip1559_cases():
    return [
        eip1559("plain transfer"),
        eip1559("every small field zero", nonce=0, max_priority_fee_per_gas=0, max_fee_per_gas=0, gas_limit=0,
                value=0, to="0x" + "00" * 20),
        eip1559("sepolia", chain_id=11155111),
        eip1559("chain id over 32 bits", chain_id=9007199254740993),
        eip1559("largest nonce and gas limit", nonce=U64 - 1, gas_limit=U64),
        eip1559("largest value", value=U256),
        eip1559("largest fees cast takes", max_fee_per_gas=2**128 - 1, max_priority_fee_per_gas=2**128 - 1),
        eip1559("one byte of data below 0x80", data="0x7f", gas_limit=30000),
        eip1559("one byte of data from 0x80", data="0x80", gas_limit=30000),
        eip1559("data of 56 bytes", data=random_hex(56), gas_limit=90000),
        eip1559("data of 300 bytes", data=random_hex(300), gas_limit=200000),
        eip1559("contract creation", to=None, data=random_hex(64), value=0, gas_limit=500000),
        eip1559("access list of one address without keys", access_list=access_list(1, 0), gas_limit=40000),
        eip1559("access list of one key", access_list=access_list(1, 1), gas_limit=40000),
        eip1559("access list of three addresses with four keys", access_list=access_list(3, 4), gas_limit=90000),
        eip1559("access list and data", access_list=access_list(2, 2), data=random_hex(68), gas_limit=90000),
        *[eip1559(f"random {i}", chain_id=RANDOM.randrange(1, 2**32), nonce=RANDOM.randrange(U64),
                  value=RANDOM.randrange(U256), data=random_hex(RANDOM.randrange(200)),
                  access_list=access_list(RANDOM.randrange(3), RANDOM.randrange(3))) for i in range(8)],
    ]


def keccak_cases():
    lengths = [0, 1, 2, 31, 32, 33, 55, 56, 64, 134, 135, 136, 137, 200, 271, 272, 273, 544, 1000]
    inputs = [random_hex(length) for length in lengths] + ["0x" + "00" * 136, "0x" + "ff" * 135]
    return [{"input": data, "digest": cast("keccak", data)} for data in inputs]


def eip55_cases():
    addresses = [random_hex(20) for _ in range(40)]
    addresses += ["0x" + "00" * 20, "0x" + "ff" * 20, "0x" + "0123456789" * 4, "0x" + "abcdef0123" * 4]
    return [{"address": address, "checksum": cast("to-check-sum-address", address)} for address in addresses]


def random_item(depth):
    if depth == 0 or RANDOM.random() < 0.5:
        return random_hex(RANDOM.choice([0, 1, 1, 2, 20, 32, 55, 56, 57]))
    return [random_item(depth - 1) for _ in range(RANDOM.randrange(5))]


def rlp_cases():
    items = ["0x", "0x00", "0x01", "0x7f", "0x80", "0xff", "0x0400", "0x646f67", [], [[]], [[], [[]], [[], [[]]]],
             ["0x636174", "0x646f67"], random_hex(55), random_hex(56), random_hex(255), random_hex(256),
             random_hex(1024), ["0x" + "61" * 54], ["0x" + "61" * 55], ["0x01"] * 55, ["0x01"] * 56, ["0x80"] * 300]
    items += [[random_item(4) for _ in range(3)] for _ in range(12)]
    return [{"item": item, "encoded": cast("to-rlp", json.dumps(item))} for item in items]


def write(folder, name, cases):
    target = VECTORS / folder / name
    target.write_text(json.dumps(cases, indent=1) + "\n")
    print(f"{target}: {len(cases)} cases")


write("eip155", "cast.json", [completed(case) for case in legacy_cases()])
write("eip1559", "cast.json", [completed(case) for case in eip1559_cases()])
write("keccak", "cast.json", keccak_cases())
write("eip55", "cast.json", eip55_cases())
write("rlp", "cast.json", rlp_cases())
