/* page_links: a page of 50 users at offset 1,000 with their projects, 200 times. */
#ifndef BENCH_PAGE_LINKS_H
#define BENCH_PAGE_LINKS_H

enum { PAGE_USERS = 50, PAGE_OFFSET = 1000, PAGE_TIMES = 200 };

#endif
