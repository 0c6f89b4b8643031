#!/usr/bin/env node
'use strict';
/*
 * Starts snowglobe with a Node that is new enough. Written in ES5 so that any Node can read it, for a Node that is too
 * old must be told so in words and not by a syntax error.
 */
var fs = require('fs');
var path = require('path');
var childProcess = require('child_process');

var NODE_MAJOR_MIN = 24;
var EXIT_ENVIRONMENT = 3;
var root = path.join(__dirname, '..');
/* The package holds only what is compiled; a checkout has the sources, and its own Node once it is set up. */
var source = path.join(root, 'harness', 'main.ts');
var isCheckout = fs.existsSync(source);
var main = isCheckout ? source : path.join(root, 'dist', 'harness', 'main.js');
var ownNode = path.join(root, 'node_modules', '.bin', 'node');

if (isNewEnough(process.versions.node)) start(process.execPath);
else if (isCheckout && fs.existsSync(ownNode)) start(ownNode);
else {
  process.stderr.write(
    'snowglobe needs Node ' +
      NODE_MAJOR_MIN +
      ' or newer, and this is Node ' +
      process.versions.node +
      '.\n' +
      (isCheckout
        ? 'Run "npm ci" in ' + root + ': it brings a Node of its own.\n'
        : 'Install one from https://nodejs.org, or run: npx --package=node@' +
          NODE_MAJOR_MIN +
          ' --package=snowglobe snowglobe\n'),
  );
  process.exit(EXIT_ENVIRONMENT);
}

function isNewEnough(version) {
  return parseInt(version.split('.')[0], 10) >= NODE_MAJOR_MIN;
}

/* A process of its own: its pid owns the runs. Signals that are sent to this one reach it. */
function start(node) {
  var child = childProcess.spawn(node, [main].concat(process.argv.slice(2)), { stdio: 'inherit' });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      /* A terminal sends SIGINT to the whole group, so the child has it already. */
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  });
  child.on('error', function (error) {
    process.stderr.write('snowglobe: ' + node + ' cannot be started: ' + error.message + '\n');
    process.exit(EXIT_ENVIRONMENT);
  });
  child.on('exit', function (code, signal) {
    process.exit(code === null ? 128 + signalNumber(signal) : code);
  });
}

function signalNumber(signal) {
  return require('os').constants.signals[signal] || 0;
}
