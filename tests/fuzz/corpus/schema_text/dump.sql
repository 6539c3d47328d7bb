\restrict abc
CREATE POLICY p ON public.t TO alice, "b ""c" USING ((id = 1));
GRANT SELECT ON TABLE public.t TO bob;
ALTER TABLE public.t OWNER TO "some one";
CREATE FOREIGN TABLE public.f (a integer OPTIONS (x 'y')) SERVER s OPTIONS (password 'it''s');
CREATE FUNCTION public.g() RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
ALTER DEFAULT PRIVILEGES FOR ROLE r IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
COMMENT ON TABLE public.t IS $x$ a; b $x$;
\unrestrict abc
