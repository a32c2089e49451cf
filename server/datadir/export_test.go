package datadir

// Backup is what BackupTo writes to a file.
var Backup = backup
