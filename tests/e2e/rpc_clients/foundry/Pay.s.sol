// SPDX-License-Identifier: Apache-2.0
pragma solidity >=0.8.0;

interface Vm {
    function startBroadcast(address from) external;
    function stopBroadcast() external;
}

/// Pays twice from an account whose key is elsewhere.
contract Pay {
    bool public constant IS_SCRIPT = true;
    // Foundry's own address of what a script may ask it for.
    Vm private constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    function run(address from, address payable to) external {
        vm.startBroadcast(from);
        to.transfer(1 wei);
        to.transfer(2 wei);
        vm.stopBroadcast();
    }
}
