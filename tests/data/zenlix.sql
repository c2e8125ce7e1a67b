-- A ZENLIX-2 desk as mysqldump would write it, made by hand for test-import-zenlix:
-- quotes, emoji, a latin1 column, ids that lead nowhere, two of one address.
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;

DROP TABLE IF EXISTS `approved_info`;
CREATE TABLE `approved_info` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `fio` varchar(512) NOT NULL, `login` varchar(512), `tel` varchar(128), `unit_desc` varchar(1024), `adr` varchar(128),
  `email` varchar(128), `posada` varchar(256), `skype` varchar(128), `user_from` int(11), `date_app` datetime,
  `client_id` int(11), `type_op` varchar(32) NOT NULL DEFAULT 'add',
  PRIMARY KEY (`id`)
) ENGINE=MyISAM DEFAULT CHARSET=utf8;
INSERT INTO `approved_info` VALUES (1,'Нова Людина','nova','555',NULL,'','nova@client.example','','',3,'2015-03-01 10:00:00',NULL,'add'),(2,'Carl Changed',NULL,'777',NULL,'Street 1','karl@kunde.example','','',3,'2015-03-02 10:00:00',4,'edit'),(3,'Ghost',NULL,'',NULL,'','','','',3,'2015-03-02 10:00:00',4711,'edit');

CREATE TABLE `calendar` (`id` int(11) NOT NULL, `title` varchar(512));
INSERT INTO `calendar` VALUES (1,'Party');

CREATE TABLE `comments` (
  `id` int(11) NOT NULL AUTO_INCREMENT, `t_id` int(11), `user_id` int(11), `comment_text` varchar(2048), `dt` datetime,
  PRIMARY KEY (`id`)
);
INSERT INTO `comments` VALUES (1,10,3,'<p>Switch it <b>off</b> &amp; on \"again\"</p>[file:aaaabbbbccccddddeeeeffff,nosuchfile]','2015-02-01 11:30:00'),(2,10,4,'It\'s better 😀\nthanks \\o/','2015-02-01 12:00:00'),(3,999,4,'nowhere','2015-02-01 12:00:00'),(4,11,77,'by somebody who is gone','2015-02-02 12:00:00');

CREATE TABLE `deps` (`id` int(11) NOT NULL AUTO_INCREMENT, `name` varchar(256), `status` int(11) DEFAULT '1', PRIMARY KEY (`id`));
INSERT INTO `deps` VALUES (1,'Підтримка',1),(2,'Billing & \'Co\'',1),(3,'Old one',0),(4,'support',1);

CREATE TABLE `files` (`id` int(11), `ticket_hash` varchar(512), `original_name` varchar(512), `file_hash` varchar(512), `file_type` varchar(64), `file_size` int(11), `file_ext` varchar(32), `obj_type` int(11) DEFAULT '0');
INSERT INTO `files` VALUES (1,'hash10','звіт \"final\".txt','111122223333444455556666','text/plain',6,'txt',1),(2,NULL,'screen.png','aaaabbbbccccddddeeeeffff','image/png',4,'png',1),(3,'hash10','half.bin','999922223333444455556666','application/x',4,'bin',0),(4,'wikihash','article.pdf','777722223333444455556666','application/pdf',4,'pdf',1),(5,'hash10','evil.txt','../../etc/passwd','text/plain',4,'',1);

CREATE TABLE `helper` (`id` int(11), `title` varchar(100));
INSERT INTO `helper` VALUES (1,'How to print');

CREATE TABLE `perf` (`id` int(11) NOT NULL, `param` varchar(512), `value` varchar(512));
INSERT INTO `perf` VALUES (1,'name_of_firm','Firm \"X\"'),(2,'time_zone','Europe/Kiev'),(3,'lang_def','ua'),(4,'days2arch','14'),(5,'fix_subj','true_multiple'),(6,'sla_system','false'),(7,'email_gate_unit_id','2'),(8,'email_gate_mailbox','Helpdesk@firm.example'),(9,'smsc_pass','secret');

CREATE TABLE `posada` (`id` int(11), `name` varchar(512));
INSERT INTO `posada` VALUES (1,'Інженер'),(2,'Бухгалтер');

CREATE TABLE `scheduler_ticket` (`id` int(11), `user_init_id` int(11), `user_to_id` varchar(512), `date_create` datetime, `subj` varchar(512), `msg` varchar(1024), `client_id` int(11), `unit_id` int(11), `prio` int(11), `period` varchar(128), `period_arr` varchar(512), `action_time` time, `dt_start` datetime, `dt_stop` datetime, `last_action_dt` datetime);
INSERT INTO `scheduler_ticket` VALUES (1,1,'3','2015-01-01 00:00:00','Backup','Check the backup',4,1,1,'week','1,5','09:30:00','2015-01-01 00:00:00','2099-12-31 23:59:59',NULL),(2,1,'0','2015-01-01 00:00:00','Report','Write it',4,2,2,'month','1,15','08:00:00','2015-01-01 00:00:00','2016-01-01 00:00:00',NULL),(3,1,'0','2015-01-01 00:00:00','Odd','?',4,2,2,'century','1','08:00:00','2015-01-01 00:00:00','2016-01-01 00:00:00',NULL);

CREATE TABLE `sla_plans` (`id` int(11), `name` varchar(512), `parent_id` int(11), `sort_id` int(11), `uniq_id` varchar(128), `type` int(11), `reaction_time_def` int(11), `reaction_time_low_prio` int(11), `reaction_time_high_prio` int(11), `work_time_def` int(11), `work_time_low_prio` int(11), `work_time_high_prio` int(11), `deadline_time_def` int(11), `deadline_time_low_prio` int(11), `deadline_time_high_prio` int(11));
INSERT INTO `sla_plans` VALUES (1,'Hardware',0,1,'u1',0,3600,7200,1800,0,0,0,86400,172800,43200),(2,'Printers',1,1,'u2',0,1800,1800,900,0,0,0,0,0,0),(3,'Printers',4,2,'u3',0,0,0,0,0,0,0,0,0,0),(4,'Loop',3,1,'u4',0,0,0,0,0,0,0,0,0,0);

CREATE TABLE `subj` (`id` int(11), `name` varchar(512), `parent_id` int(11), `sort_id` int(11), `uniq_id` varchar(64), `type` int(11));
INSERT INTO `subj` VALUES (1,'Принтер',0,2,'a',0),(2,'Мережа',0,1,'b',0),(3,'Принтер',1,1,'c',0);

CREATE TABLE `ticket_data` (`id` int(11), `ticket_hash` varchar(512), `field_id` int(11), `field_val` varchar(2048), `field_name` varchar(512));
INSERT INTO `ticket_data` VALUES (1,'hash10',1,'12-34','Room'),(2,'hash10',2,'red,blue','Colours'),(3,'hash10',2,'black','Colours'),(4,'gone',1,'x','Room');

CREATE TABLE `ticket_fields` (`id` int(11), `t_type` varchar(64), `name` varchar(512), `placeholder` varchar(512), `value` varchar(1024), `status` int(11), `hash` varchar(64));
INSERT INTO `ticket_fields` VALUES (1,'text','Room','Number of the room','0',0,'h1'),(2,'multiselect','Colours','','red,green,blue',1,'h2'),(3,'hologram','Future','','',1,'h3');

CREATE TABLE `ticket_info` (`id` int(11), `ticket_id` int(11), `ticket_source` varchar(64), `ip` varchar(64), `os` varchar(64), `browser` varchar(64));
INSERT INTO `ticket_info` VALUES (1,10,'web','127.0.0.1','Linux','Firefox'),(2,11,'mail','','','');

CREATE TABLE `ticket_log` (`id` int(11), `date_op` datetime, `msg` varchar(512) CHARACTER SET latin1, `init_user_id` int(11), `to_user_id` varchar(1024), `to_unit_id` int(11), `ticket_id` int(11));
INSERT INTO `ticket_log` VALUES (1,'2015-02-01 10:00:00','create',4,'0',1,10),(2,'2015-02-01 11:00:00','lock',3,NULL,NULL,10),(3,'2015-02-01 11:30:00','comment',3,NULL,NULL,10),(4,'2015-02-01 12:00:00','ok',3,NULL,NULL,10),(5,'2015-02-01 13:00:00','no_ok',3,NULL,NULL,10),(6,'2015-02-01 14:00:00','edit_prio',3,NULL,NULL,10),(7,'2015-02-01 14:30:00','ok',3,NULL,NULL,10),(8,'2015-02-20 03:00:00','arch',NULL,NULL,NULL,10),(9,'2015-02-02 10:00:00','unlock',3,NULL,NULL,11),(10,'2015-02-02 10:00:00','refer',3,'3,2',2,11),(11,'2015-02-02 11:00:00','lock',2,NULL,NULL,11),(12,'2015-02-02 11:00:00','caf�',2,NULL,NULL,11),(13,'2015-02-02 11:00:00','lock',2,NULL,NULL,4711);

CREATE TABLE `tickets` (`id` int(11) NOT NULL, `user_init_id` int(11), `user_to_id` varchar(1024), `date_create` datetime, `subj` varchar(512), `msg` text, `client_id` int(11), `unit_id` int(11), `status` int(11) DEFAULT '0', `hash_name` varchar(512), `comment` varchar(512), `arch` int(11) DEFAULT '0', `is_read` int(11) DEFAULT '0', `lock_by` int(11) DEFAULT '0', `last_edit` datetime, `ok_by` int(11) DEFAULT '0', `prio` int(11) DEFAULT '1', `ok_date` datetime, `last_update` datetime, `deadline_time` datetime, `sla_plan_id` int(11) DEFAULT '0', PRIMARY KEY (`id`));
INSERT INTO `tickets` VALUES (10,4,'0','2015-02-01 10:00:00','Printer \'smokes\'','It smokes 🔥.\r\nIvan added (01.02.2015 12:00:00): hurry',4,1,1,'hash10',NULL,1,1,3,NULL,3,2,'2015-02-01 14:30:00','2015-02-20 03:00:00',NULL,1),
(11,3,'3,2,88','2015-02-02 09:00:00','','Задача',5,2,0,'hash11',NULL,0,0,2,'2015-02-02 12:00:00',0,0,NULL,'2015-02-02 11:00:00','2015-03-01 18:00:00',0),
(12,3,'0','2015-07-02 09:00:00','Lost in time','-- it\'s; /* not a comment */',66,9,0,'hash11',NULL,0,0,0,NULL,0,1,NULL,'0000-00-00 00:00:00',NULL,99),
(13,4,'0','2015-07-03 09:00:00','Done without a trace','x',4,1,1,'hash13',NULL,0,0,3,NULL,3,1,'2015-07-03 12:00:00','2015-07-03 12:00:00',NULL,0);

CREATE TABLE `units` (`id` int(11), `name` varchar(512), `status` int(11), `main_user` int(11));
INSERT INTO `units` VALUES (1,'Acme "Ltd"',1,5),(2,'Closed house',0,4711);

CREATE TABLE `user_data` (`id` int(11), `user_id` int(11), `field_id` int(11), `field_val` varchar(2048), `field_name` varchar(512));
INSERT INTO `user_data` VALUES (1,4,1,'31.12.2015','Contract'),(2,4,2,'gold','Level'),(3,4,2,'tin','Level');

CREATE TABLE `user_fields` (`id` int(11), `t_type` varchar(64), `name` varchar(512), `placeholder` varchar(512), `value` varchar(1024), `status` int(11), `hash` varchar(64), `for_client` int(11));
INSERT INTO `user_fields` VALUES (1,'date','Contract','','0',1,'h1',0),(2,'select','Level','','gold,silver',1,'h2',1);

CREATE TABLE `users` (`id` int(11) NOT NULL, `fio` varchar(512), `login` varchar(64), `pass` varchar(64), `status` int(11), `priv` int(11), `unit` varchar(1024), `is_admin` int(11), `email` varchar(128), `lang` varchar(11), `last_time` datetime, `is_client` int(11), `ldap_key` int(11), `pb` varchar(128), `mob` varchar(64), `tel` varchar(64), `skype` varchar(64), `adr` varchar(256), `posada` varchar(256), `unit_desc` varchar(1024), `usr_img` varchar(512), `uniq_id` varchar(64), `priv_add_client` int(11) DEFAULT '1', `priv_edit_client` int(11) DEFAULT '1', `def_unit_id` int(11), `def_user_id` varchar(512), PRIMARY KEY (`id`));
INSERT INTO `users` VALUES (1,'System','system','81dc9bdb52d04dc20036dbd8313ed055',1,2,'1,2',8,'','en',NULL,0,0,NULL,'0','','','','','',NULL,'q1',1,1,0,'0'),
(2,'Ivan Head','ivan','x',1,0,'1,2,77',0,'Ivan@Firm.example','ua',NULL,0,0,NULL,'+380501112233','','','','Інженер','',NULL,'q2',1,1,0,'0'),
(3,'Ada O\'Agent','ada','x',1,1,'1',0,'ada@firm.example','ru',NULL,0,0,NULL,'0','12','ada.skype','','Інженер','',NULL,'q3',0,1,0,'0'),
(4,'Карл Клієнт','carl','x',1,1,'0',0,'karl@kunde.example','ua',NULL,1,0,NULL,'0','','','Kyiv, \\ 1','','1',NULL,'q4',1,1,2,'3,88'),
(5,'Carla Twin','carl','x',1,1,'0',0,'KARL@kunde.example','de',NULL,1,0,NULL,'0','','','','','1',NULL,'q5',1,1,0,'0'),
(6,'Without Access','','',0,1,'0',0,'noaccess@client.example','en',NULL,1,0,NULL,'0','','','','','',NULL,'q6',1,1,0,'0'),
(7,'Blocked One','blocked','x',0,1,'0',0,'no address at all','en',NULL,1,0,NULL,'0','','','','','',NULL,'q7',1,1,0,'0'),
(8,'Gone One','gone','x',2,1,'1',0,'gone@firm.example','en',NULL,0,0,NULL,'0','','','','','',NULL,'q8',1,1,0,'0');

CREATE TABLE `users_notify` (`id` int(11), `user_id` int(11), `mail` varchar(1024), `pb` varchar(1024), `sms` varchar(1024));
INSERT INTO `users_notify` VALUES (1,3,'ticket_create,ticket_comment','','ticket_ok'),(2,2,'','',''),(3,99,'ticket_ok','','');

CREATE TABLE `zzz_plugin` (`id` int(11));
INSERT INTO `zzz_plugin` VALUES (1),(2);
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;
-- Dump completed
