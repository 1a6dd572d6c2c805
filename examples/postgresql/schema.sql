create table ready (answer int);
insert into ready values (1);
