export { BACKUP_RULES, type BackupRule, type BackupsArgs } from "./args";
export { Backups } from "./backups";
